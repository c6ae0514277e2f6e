import fc from 'fast-check'

/** One thing done to a list of arguments: where, what, and with what. */
export interface Spoiling {
  /** Which child to take at each level down; the place is where the path ends or nothing is below. */
  readonly path: readonly number[]
  readonly how: 'replace' | 'remove' | 'cut' | 'repeat' | 'flip' | 'add' | 'wrap'
  readonly nonsense: unknown
}

/** Values that have broken somebody's storage before. */
const NOTORIOUS: readonly unknown[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -0, 0, 0.5, 2 ** 31, 2 ** 53, 1e308, 5n],
  ...[undefined, null, true, '', ' ', '\u0000', 'a\u0000b', '\ud800', '💥'.repeat(200), 'a'.repeat(100_000)],
  ...["'; drop table outputs; --", '%', '_', '\\', '1 or 1=1', '__proto__', 'constructor', '{"a":1}', '1e9', 'NaN'],
  ...['0'.repeat(64), 'F'.repeat(64), `${'ab'.repeat(32)}.0`, `${'ab'.repeat(32)}.-1`, `${'ab'.repeat(32)}.4294967296`],
  ...[[], {}, [[]], [null], [undefined], new Date(Number.NaN), new Date(0), new Date(8.64e15), new Map(), Symbol('s')],
  ...[
    new Uint8Array(3),
    new Array(3),
    Object.create(null),
    () => 7,
    new Array(50_000).fill(0),
    new Array(2000).fill('x'),
  ],
  JSON.parse('{"__proto__":{"userId":1},"constructor":1,"toString":2}'),
  nested(2000),
]

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

/** @param foreign values that mean something in this store, and belong to somebody else. */
export function spoilings(foreign: readonly unknown[]): fc.Arbitrary<readonly Spoiling[]> {
  const nonsense = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NOTORIOUS) },
    {
      weight: 2,
      arbitrary: fc.anything({
        withBigInt: true,
        withDate: true,
        withNullPrototype: true,
        withSparseArray: true,
        withTypedArray: true,
        withMap: true,
        withSet: true,
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom(...foreign) },
    { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.string({ unit: 'binary' })) },
  )
  const spoiling = fc.record({
    path: fc.array(fc.nat(200), { minLength: 1, maxLength: 6 }),
    how: fc.constantFrom<Spoiling['how'][]>(
      'replace',
      'replace',
      'replace',
      'remove',
      'cut',
      'repeat',
      'flip',
      'add',
      'wrap',
    ),
    nonsense,
  })
  return fc.array(spoiling, { minLength: 1, maxLength: 3 })
}

/** A copy of these arguments with all of that done to it. */
export function spoil(args: readonly unknown[], spoilt: readonly Spoiling[]): unknown[] {
  const copy = copyOf(args) as unknown[]
  for (const each of spoilt) {
    if (copy.length === 0) copy.push(each.nonsense)
    else spoilOnce(copy, each)
  }
  return copy
}

/** Plain data is copied; what is more than that, a connection say, is nobody's to spoil. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  return hasPlaces(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)])) : value
}

type Holder = Record<string, unknown>

function spoilOnce(args: unknown[], { path, how, nonsense }: Spoiling): void {
  const [holder, key] = placeAt(args, path)
  const value = holder[key]
  switch (how) {
    case 'replace':
      holder[key] = nonsense
      break
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else Reflect.deleteProperty(holder, key)
      break
    case 'cut':
      holder[key] = cut(value)
      break
    case 'repeat':
      holder[key] = Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : [value, value]
      break
    case 'flip':
      holder[key] = flip(value)
      break
    case 'add': {
      const name = typeof nonsense === 'string' ? nonsense : '__proto__'
      const property = { value: nonsense, enumerable: true, configurable: true, writable: true }
      Object.defineProperty(hasPlaces(value) ? value : holder, name, property)
      break
    }
    case 'wrap':
      holder[key] = { value }
  }
}

/** Where the path leads: one of the arguments, or something inside of one. */
function placeAt(args: unknown[], [first = 0, ...path]: readonly number[]): [Holder, string] {
  let holder = args as unknown as Holder
  let key = String(first % args.length)
  for (const step of path) {
    const below = holder[key]
    if (!hasPlaces(below)) break
    const keys = Object.keys(below)
    holder = below
    key = keys[step % keys.length]!
  }
  return [holder, key]
}

function hasPlaces(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, Math.floor(value.length / 2))
  return Array.isArray(value) ? value.slice(0, Math.floor(value.length / 2)) : undefined
}

function flip(value: unknown): unknown {
  if (typeof value === 'number') return -value - 1
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return [...value].reverse().join('')
  return Array.isArray(value) ? [...(value as unknown[])].reverse() : null
}
