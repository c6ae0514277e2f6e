import { describe, expect, it } from 'vitest'
import type { TableCertificateX } from '../src/index.js'
import { openProvider } from './support/open-provider.js'

const certifier = `02${'0c'.repeat(32)}`
const type = 'dHlwZSBvZiBhIGNlcnRpZmljYXRlIGluIGJhc2U2NA=='
const serialNumber = 'c2VyaWFsIG51bWJlciBvZiBhIGNlcnRpZmljYXRlIDE='

function certificate(userId: number, fields: Record<string, string>, serial = serialNumber): TableCertificateX {
  const now = new Date()
  return {
    created_at: now,
    updated_at: now,
    certificateId: 0,
    userId,
    type,
    serialNumber: serial,
    certifier,
    subject: `02${'05'.repeat(32)}`,
    verifier: '',
    revocationOutpoint: `${'ab'.repeat(32)}.0`,
    signature: '3045',
    isDeleted: false,
    fields: Object.entries(fields).map(([fieldName, fieldValue]) => ({
      created_at: now,
      updated_at: now,
      userId,
      certificateId: 0,
      fieldName,
      fieldValue,
      masterKey: `key of ${fieldName}`,
    })),
  }
}

const all = { certifiers: [], types: [], limit: 10, offset: 0, privileged: false }

describe('a certificate', () => {
  it('is listed with its fields and keyring, to its user alone', async () => {
    const { provider, newUser } = await openProvider()
    const [alice, bob] = [await newUser(), await newUser()]
    const id = await provider.insertCertificateAuth(alice, certificate(alice.userId, { name: 'Alice', age: '30' }))
    expect(id).toBeGreaterThan(0)
    expect(await provider.listCertificates(alice, all)).toEqual({
      totalCertificates: 1,
      certificates: [
        {
          type,
          subject: `02${'05'.repeat(32)}`,
          serialNumber,
          certifier,
          verifier: '',
          revocationOutpoint: `${'ab'.repeat(32)}.0`,
          signature: '3045',
          fields: { name: 'Alice', age: '30' },
          keyring: { name: 'key of name', age: 'key of age' },
        },
      ],
    })
    expect(await provider.listCertificates(bob, all)).toEqual({ totalCertificates: 0, certificates: [] })
    expect(await provider.findCertificatesAuth(bob, { partial: {} })).toEqual([])
  })

  it('is refused when it, or one of its fields, is of another user', async () => {
    const { provider, newUser } = await openProvider()
    const [alice, bob] = [await newUser(), await newUser()]
    const foreignField = { ...certificate(alice.userId, {}), fields: certificate(bob.userId, { a: 'b' }).fields ?? [] }
    for (const foreign of [certificate(bob.userId, {}), foreignField]) {
      await expect(provider.insertCertificateAuth(alice, foreign)).rejects.toMatchObject({ name: 'WERR_UNAUTHORIZED' })
    }
    expect((await provider.listCertificates(alice, all)).totalCertificates).toBe(0)
    await expect(provider.findCertificatesAuth(alice, { partial: { userId: bob.userId } })).rejects.toMatchObject({
      name: 'WERR_UNAUTHORIZED',
    })
  })

  it('comes back with new fields under its old id after it was relinquished', async () => {
    const { provider, newUser } = await openProvider()
    const alice = await newUser()
    const first = await provider.insertCertificateAuth(alice, certificate(alice.userId, { name: 'Alice', old: 'x' }))
    await expect(provider.insertCertificateAuth(alice, certificate(alice.userId, {}))).rejects.toMatchObject({
      name: 'WERR_BAD_REQUEST',
    })
    expect(await provider.relinquishCertificate(alice, { type, serialNumber, certifier })).toBe(1)
    expect((await provider.listCertificates(alice, all)).totalCertificates).toBe(0)
    expect(await provider.findCertificatesAuth(alice, { partial: { isDeleted: true } })).toHaveLength(1)
    expect(await provider.insertCertificateAuth(alice, certificate(alice.userId, { name: 'Alice B' }))).toBe(first)
    const { certificates } = await provider.listCertificates(alice, all)
    expect(certificates).toMatchObject([{ fields: { name: 'Alice B' } }])
    expect(Object.keys(certificates[0]?.fields ?? {})).toEqual(['name'])
  })

  it('cannot be relinquished by somebody else, or twice', async () => {
    const { provider, newUser } = await openProvider()
    const [alice, bob] = [await newUser(), await newUser()]
    await provider.insertCertificateAuth(alice, certificate(alice.userId, {}))
    const args = { type, serialNumber, certifier }
    await expect(provider.relinquishCertificate(bob, args)).rejects.toMatchObject({ name: 'WERR_BAD_REQUEST' })
    expect(await provider.relinquishCertificate(alice, args)).toBe(1)
    await expect(provider.relinquishCertificate(alice, args)).rejects.toMatchObject({ name: 'WERR_BAD_REQUEST' })
  })

  it('is counted in full on every page, and found by what is asked', async () => {
    const { provider, newUser } = await openProvider()
    const alice = await newUser()
    const serials = ['c2VyaWFsIDE=', 'c2VyaWFsIDI=', 'c2VyaWFsIDM=']
    for (const serial of serials) await provider.insertCertificateAuth(alice, certificate(alice.userId, {}, serial))
    const page = await provider.listCertificates(alice, { ...all, limit: 2, offset: 2 })
    expect(page.totalCertificates).toBe(3)
    expect(page.certificates.map((row) => row.serialNumber)).toEqual(serials.slice(2))
    const one = { ...all, partial: { serialNumber: serials[1] ?? '', certifier } }
    expect((await provider.listCertificates(alice, one)).totalCertificates).toBe(1)
    const contradiction = { ...one, certifiers: [`02${'0d'.repeat(32)}`] }
    expect((await provider.listCertificates(alice, contradiction)).totalCertificates).toBe(0)
    const newestFirst = { partial: {}, paged: { limit: 1 }, orderDescending: true, includeFields: true }
    expect(await provider.findCertificatesAuth(alice, newestFirst)).toMatchObject([
      { serialNumber: serials[2], fields: [] },
    ])
    expect(await provider.findCertificatesAuth(alice, { partial: {}, since: new Date(Date.now() + 1000) })).toEqual([])
    const isSince = { partial: {}, since: new Date(0), paged: { limit: 2, offset: 1 } }
    expect(await provider.findCertificatesAuth(alice, isSince)).toHaveLength(2)
  })

  it('refuses a filter it does not know instead of ignoring it', async () => {
    const { provider, newUser } = await openProvider()
    const alice = await newUser()
    const args = { partial: { secret: 'x' } as object }
    await expect(provider.findCertificatesAuth(alice, args)).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER' })
  })
})
