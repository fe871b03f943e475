import type {
  Binary,
  Bundle,
  BundleEntry,
  Composition,
  OperationOutcome,
  Provenance,
  Reference,
  Resource,
  ResourceType,
} from '@medplum/fhirtypes'
import { visitOf, type Visit } from '../../access/visit.ts'
import { DIRECTORY } from '../../access/types.ts'
import { FhirError, outcomeOf, type Issue } from '../../errors.ts'
import { parseJson, toJson, type Document, type Exact } from '../../fhir/json.ts'
import { rid } from '../../fhir/keys.ts'
import { isResourceType, typeNumber } from '../../fhir/types.ts'
import { textOf } from '../../store/body.ts'
import { readMany } from '../../store/read.ts'
import { assess } from '../assess.ts'
import { validate } from '../document.ts'
import type { House } from '../house.ts'
import { criteriaOf, matchesOfAll } from '../lookup.ts'
import { isMine } from '../pen.ts'
import type { FhirReply, FhirRequest } from '../request.ts'
import { transaction } from '../transaction/transaction.ts'
import { derivedId, identify } from './identity.ts'
import { itemsOf, type Item } from './items.ts'
import { Linker, type Logical } from './references.ts'

/**
 * POST [base] of a document: kept whole as it came, as a Bundle, and each resource in it by itself too, linked; a
 * Provenance says which came from where. All in one transaction. Ids follow from the document's identifier, so sending
 * it again makes nothing twice, and a new edition replaces the resources of the old one. People and facilities known
 * by a national register are found, not made (nor overwritten). Profiles judge the document as it came, each resource
 * among the others: its references lead nowhere once it stands alone.
 */
export async function receive(
  house: House,
  context: Visit,
  request: FhirRequest,
  document: Document<Bundle>,
): Promise<FhirReply> {
  const { key, given } = identify(document, context.pen.owner)
  validate(house, document)
  const assessment = await assess(house, document.value)
  const { systems } = house.rules
  const items = await withDirectory(house, context, itemsOf(copyOf(document), key, systems))
  const linker = new Linker(items, systems, context.base)
  standForDocument(items)
  await linkRegistered(house, context, linker.logical)
  const known = await knownSeveralTimes(house, context, items)
  const bundleId = derivedId(key, 'Bundle')
  const parts: Part[] = [
    ...items.map((item) => partOf(item, known)),
    { entry: put(document.value, bundleId), exact: document.exact },
    { entry: put(provenanceOf(items, document.value, bundleId, key), derivedId(key, 'Provenance')), exact: [] },
    ...(await leftOver(house, context, key, bundleId, items)),
  ]
  const reply = await refusedByPlace(
    items.length,
    transaction(house, deriving(context), request, transactionOf(parts), true),
  )
  assessment.count()
  const notes = [...(given ? [] : [UNNAMED]), ...linker.warnings, ...assessment.notes]
  return { ...withNotes(reply, items.length, notes), headers: { location: `${context.base}/Bundle/${bundleId}` } }
}

/** The ids are derived here, from a key that has the writer in it. */
function deriving(context: Visit): Visit {
  const { pen } = context
  return pen.limits
    ? visitOf(context, { ...context, pen: { ...pen, limits: { ...pen.limits, derives: true } } })
    : context
}

/** A Binary that says of nobody whose it is stands for what the document is about: its Composition. */
function standForDocument([composition, ...items]: readonly Item[]): void {
  for (const { document } of items) {
    const { value } = document as Document<Binary>
    if (value.resourceType === 'Binary' && composition?.type === 'Composition')
      value.securityContext ??= { reference: composition.fullUrl }
  }
}

interface Part {
  readonly entry: BundleEntry
  readonly exact: readonly Exact[]
}

const UNNAMED: Issue = {
  severity: 'warning',
  code: 'required',
  message:
    'The document has no identifier, so it was given the digest of its text: another edition is another document',
  hint: 'Give Bundle.identifier a system and a value that stay the same for all editions of the document.',
  path: 'Bundle.identifier',
}

function copyOf(document: Document<Bundle>): Document<Bundle> {
  return parseJson(toJson(document)) as Document<Bundle>
}

function partOf(item: Item, knownSeveralTimes: ReadonlySet<Item>): Part {
  const { document, fullUrl, id, type, registered } = item
  const [name] = registered
  const { value: resource, exact } = document
  if (item.known !== undefined) return { entry: { request: { method: 'GET', url: item.known } }, exact: [] }
  if (name === undefined || knownSeveralTimes.has(item)) return { entry: { ...put(resource, id), fullUrl }, exact }
  const request = { method: 'POST' as const, url: type, ifNoneExist: `identifier=${encodeURIComponent(escaped(name))}` }
  return { entry: { fullUrl, resource, request }, exact }
}

function put(resource: Resource, id: string): BundleEntry {
  resource.id = id
  return { resource, request: { method: 'PUT', url: `${resource.resourceType}/${id}` } }
}

function transactionOf(parts: readonly Part[]): Document<Bundle> {
  return {
    value: { resourceType: 'Bundle', type: 'transaction', entry: parts.map(({ entry }) => entry) },
    exact: parts.flatMap(({ exact }, i) =>
      exact.map((one) => ({ ...one, path: ['entry', i, 'resource', ...one.path] })),
    ),
  }
}

/** What the resources came from (https://hl7.org/fhir/R4/provenance.html); nothing in it changes when it comes again. */
function provenanceOf(items: readonly Item[], { timestamp = '' }: Bundle, bundleId: string, key: string): Provenance {
  const composition = items[0]?.document.value as Composition | undefined
  const own = items.filter(({ registered }) => registered.length === 0)
  const who: Reference = composition?.custodian ?? composition?.author?.[0] ?? { display: 'not named' }
  return {
    resourceType: 'Provenance',
    id: derivedId(key, 'Provenance'),
    target: own.map(({ fullUrl }) => ({ reference: fullUrl })),
    recorded: timestamp,
    agent: [{ who }],
    entity: [{ role: 'source', what: { reference: `Bundle/${bundleId}` } }],
  } as Provenance
}

/**
 * What the directory knows already is another's own and seen by all: it is referred to as it is, not made again by
 * whoever may write only what is theirs.
 */
async function withDirectory(house: House, context: Visit, items: readonly Item[]): Promise<Item[]> {
  const { pen } = context
  const asked = pen.limits ? items.filter(({ type, registered }) => registered.length > 0 && isDirectory(type)) : []
  const criteria = asked.map(({ type, registered: [name = ''] }) =>
    criteriaOf(house, context, type, [['identifier', escaped(name)]]),
  )
  const matches = await matchesOfAll(house, context, house.db, criteria)
  const known = new Map(asked.flatMap((item, i) => (matches[i]?.length === 1 ? [[item, matches[i][0]] as const] : [])))
  return items.map((item) => {
    const match = known.get(item)
    const name = match && `${match.type}/${match.id}`
    return name === undefined ? item : { ...item, fullUrl: name, known: name }
  })
}

function isDirectory(type: ResourceType): boolean {
  return DIRECTORY.includes(typeNumber(type))
}

/** References by a register's number alone, to what is known here once. */
async function linkRegistered(house: House, context: Visit, logical: readonly Logical[]): Promise<void> {
  const asked = logical.flatMap((one) => (isResourceType(one.type) ? [{ ...one, type: one.type }] : []))
  const criteria = asked.map(({ type, name }) => criteriaOf(house, context, type, [['identifier', escaped(name)]]))
  const matches = await matchesOfAll(house, context, house.db, criteria)
  asked.forEach(({ node }, i) => {
    const [match, other] = matches[i] ?? []
    if (match && !other) node['reference'] = `${match.type}/${match.id}`
  })
}

/** Several resources share one's registered number (each facility keeps its own): none of them can be picked. */
async function knownSeveralTimes(house: House, context: Visit, items: readonly Item[]): Promise<Set<Item>> {
  const named = items.flatMap((item) => item.registered.slice(0, 1).map((name) => ({ item, name })))
  const criteria = named.map(({ item, name }) =>
    criteriaOf(house, context, item.type, [['identifier', escaped(name)]], 'mine'),
  )
  const matches = await matchesOfAll(house, context, house.db, criteria)
  return new Set(named.flatMap(({ item }, i) => ((matches[i]?.length ?? 0) > 1 ? [item] : [])))
}

/** https://hl7.org/fhir/R4/search.html#escaping; the bar between system and value stays. */
function escaped(name: string): string {
  return name.replace(/[\\$,]/g, '\\$&')
}

/** What an earlier edition held and this one does not. */
async function leftOver(
  house: House,
  context: Visit,
  key: string,
  bundleId: string,
  items: readonly Item[],
): Promise<Part[]> {
  const [row] = await readMany(house.db, 'all', [{ type: 'Bundle', rid: rid('Bundle', bundleId) }])
  if (!row || row.body === null || !isMine(context.pen, row)) return []
  const before = itemsOf(parseJson(textOf({ ...row, body: row.body })) as Document<Bundle>, key, house.rules.systems)
  const now = new Set(items.map(({ id }) => id))
  return before
    .filter(({ id, registered }) => !now.has(id) && registered.length === 0)
    .map(({ type, id }) => ({ entry: { request: { method: 'DELETE', url: `${type}/${id}` } }, exact: [] }))
}

/** Findings are told by the places of the document: those in the copy kept whole are those of its entries once more. */
async function refusedByPlace(count: number, reply: Promise<FhirReply>): Promise<FhirReply> {
  try {
    return await reply
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    const own = `Bundle.entry[${count}].resource`
    const issues = error.issues.map(({ path, ...issue }): Issue => {
      const place = path?.startsWith(own) ? `Bundle${path.slice(own.length)}` : path
      return { ...issue, message: issue.message.replace(OUR_URN, ''), ...(place !== undefined && { path: place }) }
    })
    throw new FhirError(error.refusal, [...new Map(issues.map((one) => [`${one.path} ${one.message}`, one])).values()])
  }
}

/** The sender never saw the fullUrls of the transaction. */
const OUR_URN = / \(entry \d+(?:, urn:uuid:[0-9a-f-]{36})?\)$/

/** What was noticed about the document itself, in the response for its Bundle. */
function withNotes(reply: FhirReply, index: number, notes: readonly Issue[]): FhirReply {
  if (notes.length === 0 || typeof reply.body !== 'string') return reply
  const answer = parseJson(reply.body) as Document<Bundle>
  const response = answer.value.entry?.[index]?.response
  if (!response) return reply
  const issue = [
    ...((response.outcome as OperationOutcome | undefined)?.issue ?? []),
    ...(outcomeOf(notes).issue ?? []),
  ]
  response.outcome = { resourceType: 'OperationOutcome', issue }
  return { ...reply, body: toJson(answer) }
}
