import { ARC } from '@bsv/sdk'
import { readMerklePath } from '../checks/merkle-path.js'
import { checkBaseUrl } from '../http/base-url.js'
import { HttpClient, type HttpAnswer, type HttpOptions } from '../http/http-client.js'
import { recordExchange } from '../http/sdk-http.js'
import { checkSecret } from '../http/secret-header.js'
import { postTransactions } from '../post-transactions.js'
import type { Ask, FoundPath, ServiceProvider } from '../provider.js'
import { ServiceAnswerError } from '../service-error.js'
import { readArcPost, readArcStatus, readArcTransaction } from './read-arc-answer.js'

export interface ArcOptions extends HttpOptions {
  /** Such as `https://arc.taal.com`, without a key in it. */
  readonly url: string
  /** Its host unless given. */
  readonly name?: string
  readonly apiKey?: string
  /** Sent as XDeployment-ID; random unless given. */
  readonly deploymentId?: string
  /** Where ARC shall send news, and the token it shall bring. */
  readonly callbackUrl?: string
  readonly callbackToken?: string
}

/**
 * An ARC server: broadcasts in the extended format through the SDK's `ARC`, looks up statuses and merkle paths of what was broadcast.
 * It serves no headers, raw transactions or coins.
 *
 * @throws {InvalidParameterError} if the address or a key cannot be used.
 * @example arc({ url: 'https://arc.taal.com', apiKey: process.env.ARC_KEY })
 */
export function arc(options: ArcOptions): ServiceProvider {
  const { url, host } = checkBaseUrl(options.url)
  const name = options.name ?? host
  const { deploymentId, callbackUrl } = options
  const apiKey = options.apiKey === undefined ? undefined : checkSecret('apiKey', options.apiKey)
  const callbackToken =
    options.callbackToken === undefined ? undefined : checkSecret('callbackToken', options.callbackToken)
  const secrets = [apiKey, callbackToken].filter((secret) => secret !== undefined)
  const http = new HttpClient(name, secrets, options)
  const config = {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(deploymentId === undefined ? {} : { deploymentId }),
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
    ...(callbackToken === undefined ? {} : { callbackToken }),
  }

  function lookUp(txid: string, { signal }: Ask): Promise<HttpAnswer> {
    const headers = {
      Accept: 'application/json',
      ...(apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` }),
    }
    return http.lookUp({ method: 'GET', url: `${url}/v1/tx/${txid}`, headers, signal })
  }

  return {
    name,

    postBeef: (beef, txids, { timeoutMs, signal }) =>
      postTransactions(name, beef, txids, async (transaction, txid) => {
        const exchange = recordExchange(http, (request) => ({ ...request, timeoutMs, signal }))
        await new ARC(url, { ...config, httpClient: exchange.client }).broadcast(transaction)
        return readArcPost(name, exchange.answer(), txid)
      }),

    async getStatusForTxids(txids, ask) {
      const found = []
      for (const txid of txids) {
        const status = readArcStatus(name, await lookUp(txid, ask), txid)
        if (status !== undefined) found.push(status)
      }
      return found
    },

    async getMerklePath(txid, ask): Promise<FoundPath | undefined> {
      const body = readArcTransaction(name, await lookUp(txid, ask), txid)
      if (body?.merklePath === undefined || body.merklePath === null || body.merklePath === '') return undefined
      const path = readMerklePath(body.merklePath, txid)
      if (path === undefined) throw new ServiceAnswerError(name, `its merkle path does not lead from ${txid} to a root`)
      if (typeof body.blockHeight === 'number' && body.blockHeight !== path.height) {
        throw new ServiceAnswerError(name, `its merkle path for ${txid} is for another height than its block`)
      }
      return { merklePath: path.merklePath }
    },
  }
}
