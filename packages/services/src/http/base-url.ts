import { InvalidParameterError } from '@txkeep/core'
import { web } from './web.js'

/**
 * The address of a provider without its last slash, and the host to call it by.
 *
 * @throws {InvalidParameterError} if it is no http(s) URL, or holds a password, a query or a fragment: secrets in addresses end
 * up in logs. The message does not repeat the address.
 */
export function checkBaseUrl(url: string): { readonly url: string; readonly host: string } {
  const parsed = parse(url)
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) throw refused('no http(s) URL')
  if (parsed.username !== '' || parsed.password !== '') throw refused('a URL with a user name or password')
  if (parsed.search !== '' || parsed.hash !== '') throw refused('a URL with a query or a fragment')
  return { url: url.replace(/\/+$/, ''), host: parsed.host }
}

function parse(url: string): InstanceType<typeof web.URL> | undefined {
  try {
    return new web.URL(url)
  } catch {
    return undefined
  }
}

function refused(what: string): InvalidParameterError {
  return new InvalidParameterError('url', what, 'an http(s) URL; give a key with `apiKey`')
}
