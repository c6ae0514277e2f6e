import { InvalidParameterError, type BlockHeader } from '@txkeep/core'
import { WhatsOnChainBroadcaster } from '@bsv/sdk'
import { reversedHash } from '../checks/hash-output-script.js'
import { readTscProof, type ReadPath } from '../checks/merkle-path.js'
import { readRawTx } from '../checks/raw-transaction.js'
import { checkBaseUrl } from '../http/base-url.js'
import { HttpClient, type HttpAnswer, type HttpOptions, type HttpRequest } from '../http/http-client.js'
import { isHash, isObject, parseJson, type JsonObject } from '../http/json.js'
import { recordExchange } from '../http/sdk-http.js'
import { checkSecret } from '../http/secret-header.js'
import { postTransactions } from '../post-transactions.js'
import type { Ask, FoundPath, ServiceProvider } from '../provider.js'
import { ServiceAnswerError } from '../service-error.js'
import { readUnspentPage, readUnspentRow, readWocPost, readWocStatuses } from './read-woc-answer.js'
import { readWocHeader } from './woc-header.js'

export interface WhatsOnChainOptions extends HttpOptions {
  readonly chain: 'main' | 'test'
  /** `whatsonchain` unless given. */
  readonly name?: string
  readonly apiKey?: string
  /** Another server with the same interface, up to and including the chain. */
  readonly url?: string
}

/** WhatsOnChain takes this many txids in one question. */
const TXIDS_PER_REQUEST = 20
/** A script with more pages of coins than this is not looked through. */
const MAX_UNSPENT_PAGES = 50

/**
 * WhatsOnChain: broadcasts through the SDK's `WhatsOnChainBroadcaster`, and looks up everything the port asks for. It is trusted to
 * tell the best chain, not to be free of mistakes: headers hash to their hash, paths lead to the root of their header.
 *
 * @throws {InvalidParameterError} if the address or the key cannot be used.
 * @example whatsOnChain({ chain: 'main' })
 */
export function whatsOnChain(options: WhatsOnChainOptions): ServiceProvider {
  const { chain, name = 'whatsonchain' } = options
  if (chain !== 'main' && chain !== 'test') throw new InvalidParameterError('chain', chain, "'main' or 'test'")
  const { url } = checkBaseUrl(options.url ?? addressOf(chain))
  const apiKey = options.apiKey === undefined ? undefined : checkSecret('apiKey', options.apiKey)
  const http = new HttpClient(name, apiKey === undefined ? [] : [apiKey], options)
  const authorized = (request: HttpRequest): HttpRequest =>
    apiKey === undefined ? request : { ...request, headers: { ...request.headers, Authorization: apiKey } }

  const nonsense = (what: string): ServiceAnswerError => new ServiceAnswerError(name, what)

  /** The answer, or undefined for HTTP 404: the explorer holds nothing under this path. */
  async function get(path: string, { signal }: Ask): Promise<string | undefined> {
    const headers = { Accept: 'application/json, text/plain' }
    return textOrAbsent(await http.lookUp(authorized({ method: 'GET', url: `${url}${path}`, headers, signal })))
  }

  function textOrAbsent({ status, text, quoted }: HttpAnswer): string | undefined {
    if (status === 404) return undefined
    if (status !== 200) throw nonsense(`HTTP ${status}, ${quoted}`)
    return text
  }

  async function headerAt(block: string | number, ask: Ask): Promise<BlockHeader | undefined> {
    const text = await get(`/block/${block}/header`, ask)
    if (text === undefined) return undefined
    const parsed = parseJson(text)
    if (isObject(parsed) && typeof parsed.confirmations === 'number' && parsed.confirmations < 0) return undefined
    const header = readWocHeader(parsed)
    if (header === undefined || (header.hash !== block && header.height !== block)) {
      throw nonsense(`what it calls the header of block ${block} is none, or another one's`)
    }
    return header
  }

  async function pathOf(proof: JsonObject, txid: string, ask: Ask): Promise<FoundPath | undefined> {
    if (!isHash(proof.target)) throw nonsense(`its proof for ${txid} names no block`)
    const header = await headerAt(proof.target.toLowerCase(), ask)
    if (header === undefined) return undefined // a block that left the best chain
    const path: ReadPath | undefined = readTscProof(proof, txid, header.height)
    if (path?.merkleRoot !== header.merkleRoot) {
      throw nonsense(`its proof does not lead from ${txid} to the merkle root of block ${header.hash}`)
    }
    return { merklePath: path.merklePath, header }
  }

  return {
    name,

    postBeef: (beef, txids, { timeoutMs, signal }) =>
      postTransactions(name, beef, txids, async (transaction, txid) => {
        const change = (request: HttpRequest): HttpRequest =>
          authorized({ ...request, url: request.url.replace(addressOf(chain), url), timeoutMs, signal })
        const exchange = recordExchange(http, change)
        await new WhatsOnChainBroadcaster(chain, exchange.client).broadcast(transaction)
        return readWocPost(name, exchange.answer(), txid)
      }),

    async getStatusForTxids(txids, { signal }) {
      const rows: unknown[] = []
      for (let first = 0; first < txids.length; first += TXIDS_PER_REQUEST) {
        const body = JSON.stringify({ txids: txids.slice(first, first + TXIDS_PER_REQUEST) })
        const headers = { Accept: 'application/json', 'Content-Type': 'application/json' }
        const request = authorized({ method: 'POST', url: `${url}/txs/status`, headers, body, signal })
        const page = parseJson(textOrAbsent(await http.lookUp(request)) ?? '')
        if (!Array.isArray(page)) throw nonsense('it lists no statuses')
        rows.push(...(page as unknown[]))
      }
      return readWocStatuses(rows, txids)
    },

    async getMerklePath(txid, ask) {
      const text = await get(`/tx/${txid}/proof/tsc`, ask)
      if (text === undefined || text.trim() === '') return undefined
      const parsed = parseJson(text)
      if (parsed === null) return undefined
      const proofs = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed]
      for (const proof of proofs) {
        if (!isObject(proof)) throw nonsense(`it lists what is no proof for ${txid}`)
        const path = await pathOf(proof, txid, ask)
        if (path !== undefined) return path
      }
      return undefined
    },

    async getRawTx(txid, ask) {
      const text = await get(`/tx/${txid}/hex`, ask)
      if (text === undefined) return undefined
      const rawTx = readRawTx(text.trim(), txid)
      if (rawTx === undefined) throw nonsense(`what it calls the bytes of ${txid} do not hash to it`)
      return rawTx
    },

    async getUtxoStatus(scriptHash, outpoint, ask) {
      const [txid, vout] = outpoint.split('.')
      const script = reversedHash(scriptHash)
      let query = ''
      for (let pages = 0; pages < MAX_UNSPENT_PAGES; pages++) {
        const text = await get(`/script/${script}/unspent/all${query}`, ask)
        // A script nobody ever paid to has an empty list; a missing page says nothing.
        if (text === undefined) throw nonsense(`it has no page for script ${script}`)
        const { rows, next } = readUnspentPage(name, text, script)
        const found = rows.map((row) => readUnspentRow(row, txid ?? '', Number(vout)))
        if (found.some((isUnspent) => isUnspent !== undefined)) return found.includes(true)
        if (next === undefined) return false
        query = `?token=${encodeURIComponent(next)}`
      }
      throw nonsense(`script ${script} has more than ${MAX_UNSPENT_PAGES} pages of coins`)
    },

    async findChainTipHeader(ask) {
      const parsed = parseJson((await get('/block/headers', ask)) ?? '')
      const headers = Array.isArray(parsed) ? (parsed as unknown[]).map(readWocHeader) : []
      const known = headers.filter((header) => header !== undefined)
      if (known.length === 0 || known.length < headers.length) throw nonsense('it lists no headers, or broken ones')
      return known.reduce((highest, header) => (header.height > highest.height ? header : highest))
    },

    findHeaderForHeight: (height, ask) => headerAt(height, ask),
    findHeaderForBlockHash: (hash, ask) => headerAt(hash, ask),
  }
}

function addressOf(chain: 'main' | 'test'): string {
  return `https://api.whatsonchain.com/v1/bsv/${chain}`
}
