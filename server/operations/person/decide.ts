import type { Parameters, ParametersParameter } from '@medplum/fhirtypes'
import type { Visit } from '../../access/visit.ts'
import { FhirError } from '../../errors.ts'
import { rid } from '../../fhir/keys.ts'
import { localTarget } from '../../fhir/query/reference.ts'
import type { House } from '../../interactions/house.ts'
import type { FhirReply, FhirRequest } from '../../interactions/request.ts'
import { clusterOf, decideOn, type Among, type Cluster, type Verdict } from '../../patients/links.ts'
import { readMany } from '../../store/read.ts'
import { idsSeen, patientsSeen } from './seen.ts'
import { shown } from '../../interactions/shown.ts'
import { missing, readInput, type Input } from '../terminology/input.ts'
import { tried, within } from './within.ts'

const NAMES = ['patient', 'reason', 'by', 'preview']

/** What $link and $unlink are asked. */
export interface Order {
  /** Ids of Patients as named, each once, two at least. */
  readonly patients: readonly string[]
  readonly reason: string
  readonly by: string
  readonly preview: boolean
  readonly input: Input
}

/** One decision on two source records. */
export interface Deed {
  readonly a: string
  readonly b: string
  readonly verdict: Verdict | null
}

const MOST = 20
const DEEDS = 200

/** Patients that are there, a reason, and who says so. */
export async function readOrder(
  house: House,
  context: Visit,
  request: FhirRequest,
  more: readonly string[] = [],
): Promise<Order> {
  const input = readInput(house, request, [...NAMES, ...more])
  const patients = [...new Set(input.references('patient').map((text) => idOf(context, text)))]
  if (patients.length < 2 || patients.length > MOST)
    throw new FhirError('invalid', [
      { code: 'required', message: `Name two different Patients at least, and ${MOST} at most`, path: 'patient' },
    ])
  const reason = input.string('reason')?.trim()
  if (!reason) throw missing(['reason'])
  await checkThere(house, context, patients)
  const by = nameOf(context, input.string('by')?.trim())
  return { patients, reason, by, preview: input.boolean('preview') ?? false, input }
}

function idOf({ base }: Visit, text: string): string {
  const target = localTarget(text, base)
  if (target && (target.type === undefined || target.type === 'Patient')) return target.id
  throw new FhirError('invalid', [
    {
      message: 'The parameter patient must refer to a Patient of this server',
      path: 'patient',
      hint: 'Write Patient/[id].',
    },
  ])
}

async function checkThere(house: House, visit: Visit, ids: readonly string[]): Promise<void> {
  const rows = await readMany(
    house.db,
    visit.sight,
    ids.map((id) => ({ type: 'Patient', rid: rid('Patient', id) })),
  )
  shown(house, visit, rows) // whom a decision is about stands in its audit
  const absent = ids.filter((id) => !rows.some((row) => row.id === id))
  if (absent.length > 0)
    throw new FhirError(
      'not-found',
      absent.map((id) => ({ message: `There is no Patient/${id}`, path: 'patient' })),
    )
}

/** Whoever stands at the open door has the name they say; others act under their own, whatever they say. */
function nameOf({ actor }: Visit, said: string | undefined): string {
  if (actor.kind === 'system') return said ?? actor.name
  if (actor.kind === 'open') return said ?? 'open door'
  const own = `${actor.kind} ${actor.id}`
  return said === undefined ? own : `${said} (${own})`
}

/** The clusters of those named, each once. A record that nothing is known of yet is a cluster of itself. */
export async function clustersOf(house: House, seen: Among, ids: readonly string[]): Promise<Cluster[]> {
  const found: Cluster[] = []
  for (const id of ids) {
    if (found.some(({ golden, members }) => golden === id || members.includes(id))) continue
    found.push(await clusterSeen(seen, (await clusterOf(house.db, id)) ?? { members: [id] }))
  }
  return found
}

async function clusterSeen(seen: Among, { golden, members }: Cluster): Promise<Cluster> {
  const known = await idsSeen(seen, [...members, ...(golden === undefined ? [] : [golden])])
  return {
    members: members.filter((id) => known.has(id)),
    ...(golden !== undefined && known.has(golden) && { golden }),
  }
}

/** The source records a Patient stands for: itself, or those of a golden one. */
export async function recordsOf({ db }: House, id: string): Promise<readonly string[]> {
  const cluster = await clusterOf(db, id)
  return cluster?.golden === id ? cluster.members : [id]
}

/** All deeds or none, in one transaction; a preview is carried out too, and taken back. */
export async function carryOutAll(
  house: House,
  visit: Visit,
  order: Order,
  deeds: readonly Deed[],
): Promise<FhirReply> {
  if (deeds.length === 0 || deeds.length > DEEDS)
    throw new FhirError('invalid', [
      { message: `These Patients stand for one record, or for more than ${DEEDS} pairs of them`, path: 'patient' },
    ])
  const sources = [...new Set(deeds.flatMap(({ a, b }) => [a, b]))]
  const before = await clustersOf(house, patientsSeen(house.db, visit), sources)
  const work = async (inside: House) => {
    const provenance: string[] = []
    for (const deed of deeds)
      provenance.push((await decideOn(inside, { ...deed, by: order.by, reason: order.reason })).provenance)
    return { provenance, after: await clustersOf(inside, patientsSeen(inside.db, visit), sources) }
  }
  const { provenance, after } = order.preview
    ? await tried(house, work)
    : await house.db.transaction(async (tx) => {
        const done = await work(within(house, tx))
        await visit.notes.inTransaction(tx)
        return done
      })
  return { status: 200, body: JSON.stringify(answer(order, before, after, provenance)) }
}

function answer(
  { preview }: Order,
  before: readonly Cluster[],
  after: readonly Cluster[],
  provenance: readonly string[],
): Parameters {
  const known = new Set(before.map(({ golden }) => golden))
  const shown = preview ? after.map((one) => (known.has(one.golden) ? one : { members: one.members })) : after
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'preview', valueBoolean: preview },
      ...before.map((one) => personOf('before', one)),
      ...shown.map((one) => personOf('person', one)),
      ...(preview ? [] : provenance).map((id) => ({
        name: 'provenance',
        valueReference: { reference: `Provenance/${id}` },
      })),
    ],
  }
}

/** The golden Patient that a preview made is gone again: its id would lead nowhere. */
export function personOf(name: string, { golden, members }: Cluster): ParametersParameter {
  const part = members.map((id) => ({ name: 'member', valueReference: { reference: `Patient/${id}` } }))
  const shared = golden === undefined ? [] : [{ name: 'golden', valueReference: { reference: `Patient/${golden}` } }]
  return { name, part: [...shared, ...part] }
}
