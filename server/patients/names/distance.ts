/**
 * How far two words are apart for the ear of a clerk: edit distance with weights. Vowels are cheap (Suneta, Sunita), so is
 * a breath (Dhruv, Druv), s for z, b for v, a flapped d for r, two letters exchanged. 0 is the same sound; 1 is nothing in common.
 */
const alphabet = 'abcdefghijklmnopqrstuvwxyzAIUCSDN_0123456789'
const CODES = new Map(Array.from(alphabet).map((letter, i) => [letter, i]))
const SIZE = alphabet.length

const VOWELS = 'aAeiIouU'
/** What it costs to leave a sound out. */
const drops = new Float64Array(SIZE).fill(1)
/** What it costs to take one for the other. */
const swaps = new Float64Array(SIZE * SIZE).fill(1)

const cheapDrops: Readonly<Record<string, number>> = {
  a: 0.2,
  A: 0.4,
  e: 0.45,
  i: 0.45,
  I: 0.5,
  o: 0.45,
  u: 0.45,
  U: 0.5,
  h: 0.45,
  y: 0.5,
  N: 0.15,
  _: 0.02,
}
const cheapSwaps: readonly (readonly [pairs: string, cost: number])[] = [
  ['aA iI uU', 0.05],
  ['_a', 0.03],
  ['_A _e _o _i _u', 0.3],
  ['sS kq nN Dd Dr', 0.1],
  ['zj sz Sz eA oA', 0.3],
  ['ie uo Ie Uo yi yI', 0.2],
  ['bv pf', 0.25],
  ['uv Uv ae ao ai au', 0.35],
  ['Ae Ai Ao Au eo iu ou io', 0.4],
  ['td Cj Ck kg gj nm Cs CS pb lr dr', 0.6],
] // prettier-ignore

for (let i = 0; i < SIZE; i++) swaps[i * SIZE + i] = 0
for (const a of VOWELS) for (const b of VOWELS) if (a !== b) setSwap(a, b, 0.45)
for (const [letter, cost] of Object.entries(cheapDrops)) drops[CODES.get(letter)!] = cost
for (const [pairs, cost] of cheapSwaps) for (const pair of pairs.split(' ')) setSwap(pair[0]!, pair[1]!, cost)

function setSwap(a: string, b: string, cost: number): void {
  const [x, y] = [CODES.get(a)!, CODES.get(b)!]
  swaps[x * SIZE + y] = cost
  swaps[y * SIZE + x] = cost
}

const [A, H, Y, I, LONG_I] = Array.from('ahyiI').map((letter) => CODES.get(letter)!)
const LONGEST = 40
const table = new Float64Array((LONGEST + 1) * (LONGEST + 1))

/** Between the sounds of two words (`soundsOf…`), relative to their length: symmetric, 0 to 1. */
export function distance(a: string, b: string): number {
  if (a === b) return 0
  const [x, y] = [measured(a), measured(b)]
  const mass = (x.mass + y.mass) / 2
  return mass === 0 ? 1 : Math.min(1, edits(x.codes, y.codes) / Math.max(mass, 1))
}

interface Measured {
  readonly codes: Uint8Array
  /** What it costs to leave all of it out. */
  readonly mass: number
}

const cache = new Map<string, Measured>()

function measured(sounds: string): Measured {
  let made = cache.get(sounds)
  if (!made) {
    const letters = Array.from(sounds).slice(0, LONGEST)
    const codes = Uint8Array.from(letters.flatMap((letter) => CODES.get(letter) ?? []))
    made = { codes, mass: codes.reduce((sum, _, i) => sum + dropAt(codes, i), 0) }
    if (cache.size > 200_000) cache.clear()
    cache.set(sounds, made)
  }
  return made
}

/** A doubled letter, a final a and a breath behind a consonant are hardly heard; a y beside an i is the same glide (Aliya, Alia). */
function dropAt(codes: Uint8Array, i: number): number {
  const code = codes[i]!
  if (code === codes[i - 1]) return 0.12
  if (code === A && i === codes.length - 1) return 0.1
  if (code === H && i > 0 && drops[codes[i - 1]!] === 1) return 0.15
  if (code === Y && besideI(codes, i)) return 0.15
  return drops[code]!
}

function besideI(codes: Uint8Array, i: number): boolean {
  const [before, after] = [codes[i - 1], codes[i + 1]]
  return before === I || before === LONG_I || after === I || after === LONG_I
}

function edits(x: Uint8Array, y: Uint8Array): number {
  const width = y.length + 1
  table[0] = 0
  for (let j = 1; j <= y.length; j++) table[j] = table[j - 1]! + dropAt(y, j - 1)
  for (let i = 1; i <= x.length; i++) {
    const row = i * width
    const drop = dropAt(x, i - 1)
    table[row] = table[row - width]! + drop
    for (let j = 1; j <= y.length; j++) {
      let best = table[row - width + j - 1]! + swaps[x[i - 1]! * SIZE + y[j - 1]!]!
      best = Math.min(best, table[row - width + j]! + drop, table[row + j - 1]! + dropAt(y, j - 1))
      if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1])
        best = Math.min(best, table[row - 2 * width + j - 2]! + 0.5)
      table[row + j] = best
    }
  }
  return table[x.length * width + y.length]!
}
