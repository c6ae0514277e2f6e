// Putting services together
export { createServices, type ServicesOptions } from './create-services.js'
export type { FailoverServices } from './failover-services.js'
export type { HealthOptions, ProviderHealth } from './health.js'

// Providers
export { arc, type ArcOptions } from './arc/arc.js'
export { whatsOnChain, type WhatsOnChainOptions } from './whatsonchain/whatsonchain.js'
export { toolboxProviders, type ToolboxOptions } from './toolbox/toolbox-providers.js'
export type { ToolboxServices } from './toolbox/toolbox-types.js'
export type { Fetch, FetchRequest, FetchResponse, BodyReader } from './http/web.js'
export type { HttpOptions } from './http/http-client.js'

// Writing a provider
export type { Ask, FoundPath, PostAsk, Posted, ServiceProvider } from './provider.js'
export { hashOutputScript } from './checks/hash-output-script.js'

// Errors
export { ServiceAnswerError, ServiceUnavailableError, type UnavailableReason } from './service-error.js'
