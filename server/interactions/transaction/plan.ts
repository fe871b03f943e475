import type { Resource, ResourceType } from '@medplum/fhirtypes'
import type { Visit } from '../../access/visit.ts'
import { FhirError, type Issue } from '../../errors.ts'
import type { Document } from '../../fhir/json.ts'
import type { How } from '../../store/types.ts'
import { uuid7 } from '../../store/uuid.ts'
import { assess } from '../assess.ts'
import type { Made } from '../decide.ts'
import { asResource, findings } from '../document.ts'
import type { House } from '../house.ts'
import { criteriaOf, criteriaOfText, type Criteria } from '../lookup.ts'
import { patchOf, Told, type Patch } from '../patch.ts'
import { checkType } from '../pen.ts'
import { ID } from '../route.ts'
import { checkId } from '../update.ts'
import { placed, type Entry } from './entry.ts'

/** A write of a transaction: what is known of it before the database was asked. */
export interface Planned {
  readonly entry: Entry
  readonly kind: 'create' | 'update' | 'patch' | 'delete'
  readonly type: ResourceType
  /** The id it has if its criteria match nothing; settled for good in the transaction (resolve.ts). */
  readonly ownId: string | undefined
  /** The id is a new one of ours, unless criteria say otherwise. */
  readonly fresh: boolean
  readonly criteria: Criteria | undefined
  document: Document<Resource> | undefined
  readonly patch: Patch | undefined
  /** What the profiles say of its resource. */
  readonly told: Told
  /** Its resource refers to something that only the database can name. */
  dynamic: boolean
  made: Made | undefined
}

/** What each writing entry wants, and everything that is wrong with any of them, at once. */
export function planWrites(house: House, context: Visit, entries: readonly Entry[]): Planned[] {
  const issues: Issue[] = []
  let refusal: FhirError | undefined
  const planned: Planned[] = []
  for (const entry of entries) {
    if (entry.method === 'GET' || entry.method === 'HEAD') continue
    let within: 'resource' | 'request' = 'request'
    try {
      const one = planWrite(house, context, entry)
      within = 'resource'
      if (one.document && !entry.sound) {
        const found = findings(house, one.document)
        if (found.length > 0) throw new FhirError('unprocessable', found)
      }
      planned.push(one)
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      refusal ??= error
      const [first] = error.issues
      if (first?.path !== undefined) within = 'resource'
      issues.push(...error.complete.map((issue) => placed(entry, issue, within)))
    }
  }
  if (refusal) throw new FhirError(refusal.refusal, issues)
  return planned
}

/** Profiles, one resource after the other; one that rejects refuses the whole. */
export async function assessAll(house: House, planned: readonly Planned[]): Promise<void> {
  const issues: Issue[] = []
  for (const { document, kind, entry, told } of planned) {
    if (!document || kind === 'patch') continue
    try {
      told.tell(await assess(house, document.value))
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      issues.push(...error.issues.map((issue) => placed(entry, issue, 'resource')))
    }
  }
  if (issues.length > 0) throw new FhirError('unprocessable', issues)
}

/** What one writing entry wants; its resource is not looked at yet. */
export function planWrite(house: House, context: Visit, entry: Entry): Planned {
  const { type, document, path } = entry
  if (type === undefined) throw new FhirError('unknown-type', 'The url does not start with a FHIR R4 resource type')
  const [, id] = path
  const byId = path.length === 2 && id !== undefined && ID.test(id) ? id : undefined
  const byCriteria = path.length === 1 && entry.query.length > 0
  checkType(context.pen, HOW[entry.method] ?? 'u', type)
  if (entry.method === 'POST') {
    if (path.length !== 1 || !document) throw unfit()
    asResource(document, type)
    const condition = entry.ifNoneExist
    const criteria = condition === undefined ? undefined : criteriaOfText(house, context, type, condition, 'mine')
    return plannedOf(entry, 'create', type, uuid7(), true, criteria, document, undefined)
  }
  if (byId === undefined && !byCriteria) throw unfit()
  const criteria = byId === undefined ? criteriaOf(house, context, type, entry.query, 'mine') : undefined
  if (entry.method === 'DELETE') return plannedOf(entry, 'delete', type, byId, false, criteria, undefined, undefined)
  if (!document) throw unfit()
  if (entry.method === 'PATCH') {
    const patch = patchOf({ kind: 'json', document, contentType: 'application/fhir+json' })
    return plannedOf(entry, 'patch', type, byId, false, criteria, undefined, patch)
  }
  asResource(document, type)
  if (byId !== undefined) checkId(document, byId)
  const given = document.value.id
  return plannedOf(entry, 'update', type, given ?? uuid7(), given === undefined, criteria, document, undefined)
}

const HOW: Partial<Record<Entry['method'], How>> = { POST: 'c', PUT: 'u', PATCH: 'p', DELETE: 'd' }

/** One shape for all of them: thousands are made for a bundle. */
function plannedOf(
  entry: Entry,
  kind: Planned['kind'],
  type: ResourceType,
  ownId: string | undefined,
  fresh: boolean,
  criteria: Criteria | undefined,
  document: Document<Resource> | undefined,
  patch: Patch | undefined,
): Planned {
  return {
    entry,
    kind,
    type,
    ownId,
    fresh,
    criteria,
    document,
    patch,
    told: new Told(),
    dynamic: false,
    made: undefined,
  }
}

function unfit(): FhirError {
  return new FhirError(
    'invalid',
    'The url does not fit the method: POST takes [type], PUT, PATCH and DELETE take [type]/[id] or [type]?criteria',
  )
}
