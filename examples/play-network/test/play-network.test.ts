import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openPlayNetwork } from '../src/index.js'

test('two that name one file are on one network, and one without a file is on its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-play-network-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'network.sqlite')
  const [one, other, alone] = [await openPlayNetwork(file), await openPlayNetwork(file), await openPlayNetwork()]
  const before = await alone.services.getHeight()
  await one.services.mineBlock()
  expect(await other.services.getHeight()).toBe(before + 1)
  expect(await alone.services.getHeight()).toBe(before)
  for (const network of [one, other, alone]) await network.close()
})
