import { CompletedProtoWallet, MasterCertificate, PrivateKey, Utils } from '@bsv/sdk'
import type { ActionContext } from './action-context.js'

/** A certificate about the user, signed by a certifier and stored with its fields. */
export async function acquireCertificate({ user, random }: ActionContext): Promise<void> {
  const certifier = new CompletedProtoWallet(PrivateKey.fromHex(Utils.toHex([...random.bytes(32)])))
  const { publicKey } = await certifier.getPublicKey({ identityKey: true })
  const certificate = await MasterCertificate.issueCertificateForSubject(
    certifier,
    user.identityKey,
    { name: `Customer ${random.integer(1, 999)}`, city: 'Zürich' },
    Utils.toBase64([...random.bytes(32)]),
    () => Promise.resolve(`${Utils.toHex([...random.bytes(32)])}.0`),
  )
  await user.wallet.acquireCertificate({
    acquisitionProtocol: 'direct',
    type: certificate.type,
    certifier: publicKey,
    serialNumber: certificate.serialNumber,
    revocationOutpoint: certificate.revocationOutpoint,
    signature: certificate.signature ?? '',
    fields: certificate.fields,
    keyringRevealer: 'certifier',
    keyringForSubject: certificate.masterKeyring,
  })
}

/** A certificate that was given up again: its row stays, flagged as deleted. */
export async function relinquishCertificate(context: ActionContext): Promise<void> {
  await acquireCertificate(context)
  const { certificates } = await context.user.wallet.listCertificates({ certifiers: [], types: [], limit: 1 })
  const [certificate] = certificates
  if (certificate === undefined) throw new Error('The wallet lists no certificate after one was acquired.')
  const { type, serialNumber, certifier } = certificate
  await context.user.wallet.relinquishCertificate({ type, serialNumber, certifier })
}
