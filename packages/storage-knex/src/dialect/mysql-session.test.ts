import { expect, test } from 'vitest'

import { assertMysqlVersion } from './mysql-session.js'

test.each([
  '8.0.17',
  '8.0.36-28',
  '8.4.0',
  '9.1.0-commercial',
  '10.6.0-MariaDB',
  '10.11.19-MariaDB-0+deb12u1',
  '5.5.5-11.4.2-MariaDB-log',
])('a server of version %s is good enough', (version) => {
  expect(() => assertMysqlVersion(version)).not.toThrow()
})

test.each([
  ['5.7.44-log', 'MySQL 5.7.44'],
  ['8.0.16', 'MySQL 8.0.16'],
  ['8.0.11-TiDB-v7.5.0', 'MySQL 8.0.11'],
  ['10.5.8-MariaDB-1:10.5.8+maria~focal', 'MariaDB 10.5.8'],
  ['unheard of', 'MySQL unheard of'],
])('a server of version %s is refused with a sentence', (version, name) => {
  expect(() => assertMysqlVersion(version)).toThrow(
    `The server is ${name}, and this build needs MySQL 8.0.17 or MariaDB 10.6.0 at least. Update the server; nothing was changed.`,
  )
})
