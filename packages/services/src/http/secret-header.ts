import { InvalidParameterError } from '@txkeep/core'

/**
 * A header value that is a secret.
 *
 * @throws {InvalidParameterError} if no header can hold it. `fetch` would say so too, and repeat the secret in its message.
 */
export function checkSecret(parameter: string, secret: string): string {
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(secret)) {
    throw new InvalidParameterError(
      parameter,
      'a text that no HTTP header can hold',
      'visible ASCII without line breaks',
    )
  }
  return secret
}
