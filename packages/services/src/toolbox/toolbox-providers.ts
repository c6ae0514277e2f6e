import type { BlockHeader, PostTxidResult, StatusForTxid } from '@txkeep/core'
import type { Beef } from '@bsv/sdk'
import { isConsistentHeader, parseHeader } from '../checks/block-header.js'
import { readMerklePath } from '../checks/merkle-path.js'
import { readRawTx } from '../checks/raw-transaction.js'
import type { Ask, FoundPath, PostAsk, Posted, ServiceProvider } from '../provider.js'
import { ServiceAnswerError, ServiceUnavailableError } from '../service-error.js'
import { rowOf } from '../verdict.js'
import { readToolboxPost, type ToolboxVerdict } from './read-toolbox-post.js'
import { membersOf, wholeOf, type ToolboxMember } from './toolbox-members.js'
import type { ToolboxHeader, ToolboxServices, ToolboxStatusResult } from './toolbox-types.js'
import { within } from './within.js'

export interface ToolboxOptions {
  /** How long a look-up may take, in ms. Default 30 000: the toolbox repeats some by itself. */
  readonly timeoutMs?: number
}

/** The toolbox asks for the statuses of this many at once. */
const TXIDS_PER_REQUEST = 20

/**
 * The providers inside the published `Services`, one by one, and its header service; or `MockServices` as a single one. Asked through
 * its own facade, the toolbox would stop at the first success and hide who was not asked.
 *
 * What it makes of an answer cannot be checked further than its data goes; `arc` and `whatsOnChain` of this package read the answers
 * themselves.
 *
 * @example createServices({ providers: toolboxProviders(new Services('main')) })
 */
export function toolboxProviders(services: ToolboxServices, options: ToolboxOptions = {}): readonly ServiceProvider[] {
  const members = membersOf(services)
  if (members.size === 0) {
    const whole = { ...wholeOf(services), headers: services }
    return [provider(services.chain === 'mock' ? 'MockServices' : 'Services', whole, options)]
  }
  const named = [...members].map(([name, member]) => provider(name, member, options))
  return [...named, provider('toolbox headers', { headers: services }, options)]
}

function provider(name: string, member: ToolboxMember, { timeoutMs = 30_000 }: ToolboxOptions): ServiceProvider {
  const { postBeef, getMerklePath, getStatusForTxids, getRawTx, getUtxoStatus, headers } = member
  const call = <T>({ signal }: Ask, ask: () => Promise<T>): Promise<T> => within(name, timeoutMs, signal, ask)
  const failed = (what: string): ServiceUnavailableError => new ServiceUnavailableError(name, 'server-error', what)
  const nonsense = (what: string): ServiceAnswerError => new ServiceAnswerError(name, what)

  async function statuses(txids: readonly string[], ask: Ask): Promise<readonly StatusForTxid[]> {
    if (getStatusForTxids === undefined) return []
    const found: StatusForTxid[] = []
    for (let first = 0; first < txids.length; first += TXIDS_PER_REQUEST) {
      const page = txids.slice(first, first + TXIDS_PER_REQUEST)
      const { status, results } = await call(ask, () => getStatusForTxids([...page]))
      if (status !== 'success') throw failed('its status look-up failed')
      const clear = results.filter(isStatus).filter(({ txid }) => page.includes(txid))
      found.push(...clear.map(({ txid, status, depth }) => ({ txid, status, depth })))
    }
    return found
  }

  /**
   * What a row means beside a status look-up. A refusal of what it knows is none: the mock refuses to take a transaction twice. A
   * success with nothing to see counts, unless the provider does not know the transaction right after.
   */
  async function rowBesideStatus(txid: string, verdict: ToolboxVerdict, ask: Ask): Promise<PostTxidResult> {
    const { meaning, competingTxs, isOpaque = false } = verdict
    const isRefused = meaning === 'reject' || meaning === 'doubleSpend' || meaning === 'missingInputs'
    const status = isRefused || isOpaque ? await statusOf(txid, ask) : undefined
    if (isRefused && (status === 'known' || status === 'mined')) return rowOf(txid, 'known')
    if (isOpaque && status === 'unknown') return rowOf(txid, 'uncertain')
    return rowOf(txid, meaning, competingTxs)
  }

  async function statusOf(txid: string, ask: Ask): Promise<StatusForTxid['status'] | undefined> {
    try {
      return (await statuses([txid], ask)).at(0)?.status
    } catch {
      return undefined
    }
  }

  async function post(beef: Beef, txids: readonly string[], ask: PostAsk): Promise<Posted> {
    const { timeoutMs: postTimeoutMs, signal } = ask
    const results = await within(name, postTimeoutMs * txids.length, signal, async () => {
      return (await postBeef?.(beef as never, [...txids])) ?? []
    })
    const rows: PostTxidResult[] = []
    for (const txid of txids) {
      rows.push(await rowBesideStatus(txid, readToolboxPost(results, txid), ask))
    }
    const isSilent = rows.every(({ serviceError, missingInputs }) => serviceError === true && missingInputs !== true)
    return isSilent ? { rows, error: failed('none of its answers says anything about the transactions') } : { rows }
  }

  function checked(header: ToolboxHeader, what: string): BlockHeader {
    const { version, previousHash, merkleRoot, time, bits, nonce, height, hash } = header
    const plain = { version, previousHash, merkleRoot, time, bits, nonce, height, hash }
    if (!isConsistentHeader(plain)) throw nonsense(`what it calls the header ${what} does not hash to it`)
    return plain
  }

  async function headerAt(height: number, ask: Ask): Promise<BlockHeader | undefined> {
    if (headers === undefined) return undefined
    // It fails for an unknown height as it does for an outage, so the height is asked first.
    if (height > (await call(ask, () => headers.getHeight()))) return undefined
    const header = parseHeader(await call(ask, () => headers.getHeaderForHeight(height)), height)
    if (header === undefined) throw nonsense(`what it calls the header of height ${height} is none`)
    return header
  }

  return {
    name,
    ...(postBeef && { postBeef: post }),
    ...(getStatusForTxids && { getStatusForTxids: statuses }),
    ...(getMerklePath && {
      async getMerklePath(txid: string, ask: Ask): Promise<FoundPath | undefined> {
        const { merklePath, header, error } = await call(ask, () => getMerklePath(txid))
        if (merklePath === undefined || merklePath === null) {
          if (error !== undefined && error !== null) throw failed('its look-up of a merkle path failed')
          return undefined
        }
        const path = readMerklePath(merklePath, txid)
        if (path === undefined) throw nonsense(`its merkle path does not lead from ${txid} to a root`)
        if (header === undefined) return { merklePath: path.merklePath }
        const block = checked(header, `of height ${path.height}`)
        if (block.merkleRoot !== path.merkleRoot || block.height !== path.height) {
          throw nonsense(`its merkle path for ${txid} does not lead to the root of the header it gives`)
        }
        return { merklePath: path.merklePath, header: block }
      },
    }),
    ...(getRawTx && {
      async getRawTx(txid: string, ask: Ask) {
        const { rawTx: given, error } = await call(ask, () => getRawTx(txid))
        if (given === undefined || given === null) {
          if (error !== undefined && error !== null) throw failed('its look-up of a raw transaction failed')
          return undefined
        }
        const rawTx = readRawTx([...given], txid)
        if (rawTx === undefined) throw nonsense(`what it calls the bytes of ${txid} do not hash to it`)
        return rawTx
      },
    }),
    ...(getUtxoStatus && {
      async getUtxoStatus(scriptHash: string, outpoint: string, ask: Ask) {
        const { status, isUtxo } = await call(ask, () => getUtxoStatus(scriptHash, 'hashLE', outpoint))
        if (status !== 'success' || typeof isUtxo !== 'boolean') throw failed('its look-up of a coin failed')
        return isUtxo
      },
    }),
    ...(headers && {
      async findChainTipHeader(ask: Ask) {
        const tip = await headerAt(await call(ask, () => headers.getHeight()), ask)
        if (tip === undefined) throw nonsense('its tip went back while it was asked')
        return tip
      },
      findHeaderForHeight: headerAt,
      async findHeaderForBlockHash(hash: string, ask: Ask) {
        const header = checked(await call(ask, () => headers.hashToHeader(hash)), hash)
        if (header.hash !== hash) throw nonsense(`it was asked for block ${hash} and answers with ${header.hash}`)
        return header
      },
    }),
  }
}

type StatusRow = ToolboxStatusResult['results'][number]

function isStatus(row: StatusRow): row is StatusRow & Pick<StatusForTxid, 'status'> {
  return row.status === 'mined' || row.status === 'known' || row.status === 'unknown'
}
