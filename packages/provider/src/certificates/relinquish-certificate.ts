import { Validation, type RelinquishCertificateArgs } from '@bsv/sdk'
import { authorize } from '../auth.js'
import { checkObject } from '../check-shape.js'
import { checkNoNul } from '../check-text.js'
import { WERR_BAD_REQUEST } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'

/**
 * How many certificates of the user were given up: 1. Its row stays, marked as deleted.
 *
 * @throws {WERR_BAD_REQUEST} if the user has no such certificate, or gave it up before.
 */
export async function relinquishCertificate(
  context: ProviderContext,
  auth: AuthId,
  args: RelinquishCertificateArgs,
): Promise<number> {
  for (const name of ['type', 'serialNumber', 'certifier'] as const) checkNoNul(name, checkObject('args', args)[name])
  const { type, serialNumber, certifier } = Validation.validateRelinquishCertificateArgs(args)
  return context.store.write(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const match = { userId, type, serialNumber, certifier, isDeleted: false }
    const [row] = await tx.certificates.find(match, { limit: 1 })
    if (row === undefined) {
      throw new WERR_BAD_REQUEST(`The user has no certificate ${serialNumber} of this type and certifier.`)
    }
    const { certificateId } = row
    return (await tx.certificates.update({ certificateId }, { isDeleted: true })) ? 1 : 0
  })
}
