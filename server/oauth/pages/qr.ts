import { markup, type Html } from './html.ts'

/**
 * A QR code (ISO/IEC 18004) of up to 271 bytes, for the address that authenticator apps scan: byte mode, error correction
 * L, versions 1 to 10, the mask with the least penalty. It stands in the page as SVG, so that a secret is never fetched.
 */
export function qrCode(text: string): Html {
  const modules = matrixOf(text)
  const size = modules.length + 2 * QUIET
  const path = modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : [])))
  return markup`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path.join('')}"/></svg>`
}

const QUIET = 4
/** Of level L, by version. */
const PARITY = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18]
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4]

/** The modules, true where dark. */
export function matrixOf(text: string): boolean[][] {
  const bytes = Buffer.from(text, 'utf8')
  const version = PARITY.findIndex((_, i) => roomOf(i + 1) * 8 >= bytes.length * 8 + 4 + (i + 1 < 10 ? 8 : 16)) + 1
  if (version === 0) throw new Error('too long for a QR code')
  const codewords = withParity(dataOf(bytes, version), version)
  const drawn = MASKS.map((mask, number) => draw(version, codewords, mask, number))
  return drawn.reduce((best, one) => (penaltyOf(one) < penaltyOf(best) ? one : best))
}

function rawBits(version: number): number {
  const aligned = Math.floor(version / 7) + 2
  const all = (16 * version + 128) * version + 64
  return version === 1 ? all : all - ((25 * aligned - 10) * aligned - 55) - (version >= 7 ? 36 : 0)
}

/** Bytes for data. */
function roomOf(version: number): number {
  return Math.floor(rawBits(version) / 8) - at(PARITY, version - 1) * at(BLOCKS, version - 1)
}

function dataOf(bytes: Buffer, version: number): number[] {
  const bits = `0100${bytes.length.toString(2).padStart(version < 10 ? 8 : 16, '0')}${[...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')}0000`
  const room = roomOf(version)
  const words = (bits.slice(0, room * 8).match(/.{1,8}/g) ?? []).map((word) => parseInt(word.padEnd(8, '0'), 2))
  for (let i = 0; words.length < room; i++) words.push(i % 2 === 0 ? 0xec : 0x11)
  return words
}

/** In blocks, each with its Reed-Solomon remainder; then one codeword of each block in turn. */
function withParity(data: readonly number[], version: number): number[] {
  const [count, parity] = [at(BLOCKS, version - 1), at(PARITY, version - 1)]
  const total = Math.floor(rawBits(version) / 8)
  const short = count - (total % count)
  const length = Math.floor(total / count) - parity
  const divisor = divisorOf(parity)
  let from = 0
  const blocks = Array.from({ length: count }, (_, i) => data.slice(from, (from += length + (i < short ? 0 : 1))))
  const remainders = blocks.map((block) => remainderOf(block, divisor))
  const inTurns = (lists: readonly (readonly number[])[]) =>
    Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, i) =>
      lists.flatMap((list) => list[i] ?? []),
    )
  return [...inTurns(blocks).flat(), ...inTurns(remainders).flat()]
}

/** In GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function times(one: number, other: number): number {
  let product = 0
  for (let i = 7; i >= 0; i--) product = (product << 1) ^ ((product >>> 7) * 0x11d) ^ (((other >>> i) & 1) * one)
  return product
}

function divisorOf(degree: number): number[] {
  let found = [...Array<number>(degree - 1).fill(0), 1]
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    found = found.map((one, j) => times(one, root) ^ (found[j + 1] ?? 0))
  }
  return found
}

function remainderOf(data: readonly number[], divisor: readonly number[]): number[] {
  let rest = divisor.map(() => 0)
  for (const one of data) {
    const factor = one ^ at(rest, 0)
    rest = divisor.map((part, i) => (rest[i + 1] ?? 0) ^ times(part, factor))
  }
  return rest
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

function draw(
  version: number,
  codewords: readonly number[],
  mask: (typeof MASKS)[number],
  number: number,
): boolean[][] {
  const size = 17 + 4 * version
  const grid: (boolean | undefined)[][] = Array.from({ length: size }, () => Array<undefined>(size).fill(undefined))
  const set = (x: number, y: number, dark: boolean) => {
    const row = grid[y]
    if (row && x >= 0 && x < size) row[x] = dark
  }
  drawPatterns(version, size, set)
  drawFormat(size, number, set)
  if (version >= 7) drawVersion(version, size, set)
  const bits = codewords.flatMap((word) => Array.from({ length: 8 }, (_, i) => ((word >>> (7 - i)) & 1) === 1))
  let next = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5 // the timing pattern
    const upward = ((right + 1) & 2) === 0
    for (let step = 0; step < size; step++) {
      const y = upward ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (grid[y]?.[x] === undefined) set(x, y, (bits[next++] ?? false) !== mask(x, y))
      }
    }
  }
  return grid.map((row) => row.map((dark) => dark === true))
}

type Set = (x: number, y: number, dark: boolean) => void

/** Timing, the three eyes with their margins, alignment. */
function drawPatterns(version: number, size: number, set: Set): void {
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) {
    square(4, (x, y, ring) => cy + y >= 0 && cy + y < size && set(cx + x, cy + y, ring !== 2 && ring !== 4))
  } // prettier-ignore
  const places = alignedAt(version, size)
  const last = places.length - 1
  places.forEach((cx, i) =>
    places.forEach((cy, j) => {
      if ((i === 0 && (j === 0 || j === last)) || (i === last && j === 0)) return
      square(2, (x, y, ring) => set(cx + x, cy + y, ring !== 1))
    }),
  )
}

function square(radius: number, at: (x: number, y: number, ring: number) => void): void {
  for (let y = -radius; y <= radius; y++)
    for (let x = -radius; x <= radius; x++) at(x, y, Math.max(Math.abs(x), Math.abs(y)))
}

function alignedAt(version: number, size: number): number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((size - 13) / (count * 2 - 2)) * 2
  return [6, ...Array.from({ length: count - 1 }, (_, i) => size - 7 - (count - 2 - i) * step)]
}

/** Level L and the mask, twice, by BCH(15, 5). */
function drawFormat(size: number, mask: number, set: Set): void {
  const data = (1 << 3) | mask
  const bits = ((data << 10) | bch(data, 10, 0x537)) ^ 0x5412
  const bit = (i: number) => ((bits >>> i) & 1) === 1
  for (let i = 0; i <= 5; i++) set(8, i, bit(i))
  set(8, 7, bit(6))
  set(8, 8, bit(7))
  set(7, 8, bit(8))
  for (let i = 9; i < 15; i++) set(14 - i, 8, bit(i))
  for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(i))
  for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(i))
  set(8, size - 8, true)
}

/** Twice, by BCH(18, 6). */
function drawVersion(version: number, size: number, set: Set): void {
  const bits = (version << 12) | bch(version, 12, 0x1f25)
  for (let i = 0; i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)]
    set(a, b, ((bits >>> i) & 1) === 1)
    set(b, a, ((bits >>> i) & 1) === 1)
  }
}

function bch(data: number, degree: number, generator: number): number {
  let rest = data
  for (let i = 0; i < degree; i++) rest = (rest << 1) ^ ((rest >>> (degree - 1)) * generator)
  return rest
}

/** 7.8.3: runs, blocks, what looks like an eye, and imbalance. */
function penaltyOf(grid: readonly (readonly boolean[])[]): number {
  const lines = [...grid, ...grid.map((_, x) => grid.map((row) => row[x] === true))].map((line) =>
    line.map((dark) => (dark ? '1' : '0')).join(''),
  )
  let sum = 0
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2
    sum += 40 * [...line.matchAll(/(?=10111010000|00001011101)/g)].length
  }
  grid.forEach((row, y) =>
    row.forEach((dark, x) => {
      const [right, below, across] = [row[x + 1], grid[y + 1]?.[x], grid[y + 1]?.[x + 1]]
      if (dark === right && dark === below && dark === across) sum += 3
    }),
  )
  const dark = grid.flat().filter(Boolean).length
  return sum + 10 * Math.floor(Math.abs((dark * 20) / grid.length ** 2 - 10))
}

function at(list: readonly number[], place: number): number {
  return list[place] ?? 0
}
