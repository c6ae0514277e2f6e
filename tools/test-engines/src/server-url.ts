/** Where a server is looked for: what the environment says, or the server of this machine. */
export interface ServerUrl {
  readonly variable: string
  readonly url: URL
}

export function serverUrl(variable: string, standard: string): ServerUrl {
  return { variable, url: new URL(process.env[variable] ?? standard) }
}

/** The URL of another database of the same server. */
export function urlOfDatabase(server: URL, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

/** Why a server counts as missing. Names host and port alone: the rest of a URL may be secret. */
export function missingSentence({ variable, url }: ServerUrl, engine: string, error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  const reason = [code, message].find((text) => typeof text === 'string' && text !== '') ?? 'no answer'
  return `no ${engine} at ${url.host} (${String(reason)}); start one, or name it in ${variable}`
}
