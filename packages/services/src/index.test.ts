import { publicSurface } from '@txkeep/tooling/exports'
import { expect, it } from 'vitest'

it('the public surface changes only on purpose', () => {
  expect(publicSurface('.')).toMatchInlineSnapshot(`
    {
      ".": [
        "ServiceAnswerError",
        "ServiceUnavailableError",
        "arc",
        "createServices",
        "hashOutputScript",
        "toolboxProviders",
        "type ArcOptions",
        "type Ask",
        "type BodyReader",
        "type FailoverServices",
        "type Fetch",
        "type FetchRequest",
        "type FetchResponse",
        "type FoundPath",
        "type HealthOptions",
        "type HttpOptions",
        "type PostAsk",
        "type Posted",
        "type ProviderHealth",
        "type ServiceProvider",
        "type ServicesOptions",
        "type ToolboxOptions",
        "type ToolboxServices",
        "type UnavailableReason",
        "type WhatsOnChainOptions",
        "whatsOnChain",
      ],
    }
  `)
})
