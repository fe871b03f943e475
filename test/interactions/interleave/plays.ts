import type { Bundle } from '@medplum/fhirtypes'
import type { Database } from '../../../server/db/database.ts'
import { sql } from '../../../server/db/sql.ts'
import { parseJson, type Document } from '../../../server/fhir/json.ts'
import { FhirError } from '../../../server/errors.ts'
import type { House } from '../../../server/interactions/house.ts'
import { deskEntries } from '../../../server/interactions/transaction/at-desk.ts'
import { soundEntries } from '../../../server/interactions/transaction/entry.ts'
import { transactionReply } from '../../../server/interactions/transaction/respond.ts'
import { everythingSeen } from '../../../server/access/visit.ts'
import { askAt, BASE } from '../house.ts'
import { faultsOf, indexFaults, sameWords, told, versionsByTag } from './told.ts'
import { takeTurns, type Choose } from './turns.ts'
import { Names, STATES, WISHES, type Request, type Wish } from './wishes.ts'

/** What is in the record, and what two (or three) want of it at once. */
export interface Scene {
  readonly state: string
  readonly wishes: readonly string[]
}

/** A scene with the order of its turns, and a name for it. */
export interface Play extends Scene {
  readonly how: string
  readonly choose: () => Choose
}

export const titleOf = ({ state, wishes, how }: Play): string => `${wishes.join(' | ')} on ${state}, ${how}`

/** Plays them all, and answers what of them no serial order explains. */
export async function faultsOfPlays(house: House, plays: readonly Play[]): Promise<string[]> {
  const since = await now(house.db)
  const acted: { tag: string; play: Play; answers: string[][] }[] = []
  const serials = new Map<string, Serial[]>()
  const work = plays.map((play) => async () => {
    const key = sceneKey(play)
    if (!serials.has(key)) {
      serials.set(key, [])
      for (const order of serialOrders(play)) serials.get(key)?.push(await serially(house, play, order))
    }
    const tag = tagged()
    await setUp(house, play, tag)
    const works = play.wishes.map((name, n) => (db: Database) => wishing({ ...house, db }, name, new Names(tag, n + 1)))
    acted.push({ tag, play, answers: await takeTurns(house.db, works, play.choose()) })
  })
  await atOnce(3, work)
  const versions = await versionsByTag(house.db, since)
  const wordsOf = ({ tag, answers }: { tag: string; answers: string[][] }) =>
    sameWords(tag, answers, versions.get(tag) ?? [])
  const faults = acted.flatMap(({ tag, play, answers }) => {
    const broken = faultsOf(versions.get(tag) ?? []).map((fault) => `${titleOf(play)}: ${fault}`)
    const words = wordsOf({ tag, answers })
    const like = (serials.get(sceneKey(play)) ?? []).filter(({ loose }) =>
      loose.every((place) => answers[place]?.some(isNothing)),
    )
    const expected = new Set(like.map(wordsOf))
    if (broken.length > 0 || expected.has(words)) return broken
    return [`${titleOf(play)}: came to\n${words}\nand not to\n${[...expected].join('\nor\n')}`]
  })
  return [...faults, ...(await indexFaults(house))]
}

/** Plays of one process never share a name. */
let played = 0
const tagged = (): string => `r${played++}`

async function now(db: Database): Promise<string> {
  const [row] = await db.rows<{ tx: string }>(sql`select pg_current_xact_id()::text as tx`)
  return row?.tx ?? '0'
}

interface Serial {
  readonly tag: string
  readonly answers: string[][]
  /** Whose wishes were not held together. */
  readonly loose: readonly number[]
}

/** A deletion that found nothing. */
const isNothing = (answer: string): boolean => answer.startsWith('204  ') && !answer.includes('W/')

const sceneKey = ({ state, wishes }: Scene): string => [state, ...wishes].join()

/** Requests that keep their order, of one wish: all of it, or one of what it does not hold together. */
interface Lane {
  readonly place: number
  readonly requests: readonly Request[]
}

/** Lanes by turns, and whose wishes are taken apart for it. */
interface Order {
  readonly turns: readonly number[]
  readonly loose: readonly number[]
}

/** Every order in which the requests of all can follow each other. */
function serialOrders(scene: Scene): Order[] {
  return loosened(scene).flatMap((loose) =>
    merged(lanesOf(scene, 'r', loose).map(({ requests }) => requests.length)).map((turns) => ({ turns, loose })),
  )
}

function merged(left: readonly number[]): number[][] {
  if (left.every((count) => count === 0)) return [[]]
  return left.flatMap((count, lane) =>
    count === 0 ? [] : merged(left.with(lane, count - 1)).map((rest) => [lane, ...rest]),
  )
}

/** None, or some of those that may be taken apart. */
function loosened({ wishes }: Scene): number[][] {
  return wishes.reduce<number[][]>(
    (sets, name, place) =>
      wishOf(name, new Names('r')).looser ? [...sets, ...sets.map((set) => [...set, place])] : sets,
    [[]],
  )
}

function lanesOf({ wishes }: Scene, tag: string, loose: readonly number[]): Lane[] {
  return wishes.flatMap((name, place): Lane[] => {
    const { requests, alone, looser } = wishOf(name, new Names(tag, place + 1))
    const apart = loose.includes(place) ? looser : alone
    return apart ? apart.map((request) => ({ place, requests: [request] })) : [{ place, requests }]
  })
}

function wishOf(name: string, names: Names): Wish {
  const wish = WISHES[name]?.(names)
  if (!wish) throw new Error(`nobody wishes ${name}`)
  return wish
}

async function serially(house: House, scene: Scene, { turns, loose }: Order): Promise<Serial> {
  const tag = tagged()
  await setUp(house, scene, tag)
  const lanes = lanesOf(scene, tag, loose).map((lane) => ({
    ...lane,
    left: [...lane.requests],
    answers: [] as string[],
  }))
  for (const turn of turns) {
    const lane = lanes[turn]
    const request = lane?.left.shift()
    if (request) lane?.answers.push(...(await asking(house, request)))
  }
  const answers = scene.wishes.map((_, place) => lanes.flatMap((lane) => (lane.place === place ? lane.answers : [])))
  return { tag, answers, loose }
}

async function setUp(house: House, { state }: Scene, tag: string): Promise<void> {
  for (const request of STATES[state]?.(new Names(tag)) ?? []) await asking(house, request)
}

async function wishing(house: House, name: string, names: Names): Promise<string[]> {
  const answers: string[] = []
  for (const request of wishOf(name, names).requests) answers.push(...(await asking(house, request)))
  return answers
}

async function asking(house: House, request: Request): Promise<string[]> {
  const { line, body, headers, early } = request
  if (early) return entering(house, body)
  return told(await askAt(house, line, body, headers ?? {}), line)
}

/** As the intake enters what it has mapped: made ready before its turn. */
async function entering(house: House, body: unknown): Promise<string[]> {
  const context = { requestId: 'test', actor: { kind: 'open' }, base: BASE } as const
  const entries = soundEntries(parseJson(JSON.stringify(body)) as Document<Bundle>, BASE)
  try {
    const { done, reads } = await (await deskEntries(house, context, entries, true))()
    const asked = { method: 'POST', path: [], query: [], headers: {} } as const
    const reply = transactionReply(everythingSeen(context), asked, entries, done, reads)
    return told({ status: 200, headers: {}, text: '', json: JSON.parse(reply.body as string) as unknown }, 'POST ')
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    return told({ status: error.status, headers: {}, text: '', json: error.outcome() }, 'POST ')
  }
}

async function atOnce(many: number, works: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = works.values()
  const next = async () => {
    for (const work of queue) await work()
  }
  await Promise.all(Array.from({ length: many }, next))
}
