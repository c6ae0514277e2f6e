import { expect, it } from 'vitest'
import { runMeasured } from './measured-child.js'

it('a child comes back with its exit code, what it printed, the most memory it held and the processor time it took', async () => {
  const hungry = 'const held = Buffer.alloc(64 * 1024 * 1024, 1); console.log(held.length); process.exit(3)'
  const child = await runMeasured(['-e', hungry])
  expect(child).toMatchObject({ exitCode: 3, stdout: '67108864\n' })
  expect(child.peakRssBytes).toBeGreaterThan(64 * 1024 * 1024)
  expect(child.cpuMs).toBeGreaterThan(0)
  expect(child.peakRssBytes).toBeLessThan(512 * 1024 * 1024)
})
