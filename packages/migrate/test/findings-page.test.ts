import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FINDING_CLASSES } from '../src/finding-class.js'

const page = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8')

test('every class of finding has its own section in docs/findings.md, and no other has one', () => {
  const sections = [...page.matchAll(/^### (.+)$/gm)].map(([, name]) => name)
  expect(sections.toSorted()).toEqual(Object.keys(FINDING_CLASSES).toSorted())
})
