import { doubt, fault, isJson, listed, textOf, type Json, type Place, type Strict } from './context.ts'

/** Bundles whose entries need no address of their own: what they hold may be new, or only be told about. */
const ADDRESSLESS: ReadonlySet<string> = new Set(['transaction', 'batch', 'transaction-response', 'batch-response'])

interface Entry {
  readonly index: number
  readonly fullUrl: string | undefined
  readonly resource: Json | undefined
}

/** https://hl7.org/fhir/R4/bundle.html: addresses of the entries, and what a document or a message holds together. */
export function bundleFaults(strict: Strict, bundle: Json, place: Place): void {
  const type = textOf(bundle['type']) ?? ''
  const entries = listed(bundle['entry']).map(([index, entry]): Entry => {
    const { resource } = entry
    return { index, fullUrl: textOf(entry['fullUrl']), resource: isJson(resource) ? resource : undefined }
  })
  for (const entry of entries) addressFaults(strict, entry, type, [...place, 'entry', entry.index])
  if (type === 'searchset') searchFaults(strict, bundle, place)
  if (type === 'document' || type === 'message') boundFaults(strict, entries, type, place)
}

function addressFaults(strict: Strict, { fullUrl, resource }: Entry, type: string, place: Place): void {
  if (!resource) return
  const at = [...place, 'fullUrl']
  if (fullUrl === undefined) {
    if (!ADDRESSLESS.has(type) && resource['resourceType'] !== 'OperationOutcome')
      fault(
        strict,
        place,
        'required',
        'An entry of this bundle needs a fullUrl, the address of its resource.',
        'Add it: urn:uuid: and a UUID, or the url of the resource.',
      )
    return
  }
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(fullUrl)) {
    // Guides publish bundles with `Patient/1` here, and references to them resolve.
    const tell = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(fullUrl) ? doubt : fault
    tell(
      strict,
      at,
      'value',
      'A fullUrl must be absolute.',
      'Write urn:uuid: and a UUID, or the whole url of the resource.',
    )
    return
  }
  const [, named, tail] =
    /^https?:\/\/.*?\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(fullUrl) ?? []
  const id = textOf(resource['id'])
  if (named !== undefined && strict.shapes.resource(named)) {
    if (id !== undefined && id !== tail)
      fault(strict, at, 'value', 'The fullUrl ends with another id than that of its resource.', 'Make them agree.')
    if (named !== resource['resourceType'])
      fault(strict, at, 'value', 'The fullUrl names another type than that of its resource.', 'Make them agree.')
  } else if (/^https?:/.test(fullUrl) && id !== undefined && !fullUrl.endsWith(`/${id}`) && !fullUrl.includes('?')) {
    fault(strict, at, 'value', 'The fullUrl ends with another id than that of its resource.', 'Make them agree.')
  }
  if (/\/_history\//.test(fullUrl))
    fault(strict, at, 'value', 'A fullUrl has no version.', 'Leave out /_history/ and what follows.')
}

/** https://hl7.org/fhir/R4/bundle.html#searchset: what each entry is there for, and that it can be found again. */
function searchFaults(strict: Strict, bundle: Json, place: Place): void {
  const self = listed(bundle['link']).find(([, link]) => link['relation'] === 'self')?.[1]
  const wanted = /(?:^|\/)([A-Z][A-Za-z]+)(?:\?|$)/.exec(textOf(self?.['url']) ?? '')?.[1]
  for (const [i, entry] of listed(bundle['entry'])) {
    const { resource, search } = entry
    if (!isJson(resource)) continue
    const at = [...place, 'entry', i, 'resource']
    const type = resource['resourceType']
    const mode = isJson(search) ? search['mode'] : undefined
    const outcome = type === 'OperationOutcome'
    if (mode === 'outcome' && !outcome)
      fault(strict, at, 'value', 'What is there as outcome must be an OperationOutcome.', 'Correct search.mode.')
    if (resource['id'] === undefined && (!outcome || mode === 'match'))
      fault(strict, at, 'required', 'A resource that was found must have an id.', 'Add its id.')
    if (
      wanted !== undefined &&
      strict.shapes.resource(wanted) &&
      type !== wanted &&
      mode !== 'include' &&
      !(outcome && mode !== 'match')
    ) {
      fault(
        strict,
        at,
        'value',
        'This is not of the type that the self link searches.',
        'Correct search.mode, or leave it out.',
      )
    }
  }
}

interface Link {
  readonly at: Place
  readonly literal: string
  readonly target: number | undefined
}

/** The first entry says what it is; what it refers to is in the bundle, and all that is there hangs together. */
function boundFaults(strict: Strict, entries: readonly Entry[], type: 'document' | 'message', place: Place): void {
  const head = type === 'document' ? 'Composition' : 'MessageHeader'
  const [first] = entries
  if (first?.resource?.['resourceType'] !== head) {
    const message = `The first entry of a ${type} must be a ${head}.`
    return fault(
      strict,
      first ? [...place, 'entry', 0] : [...place, 'entry'],
      'structure',
      message,
      `Put the ${head} first.`,
    )
  }
  const links = entries.map((entry) => linksOf(entry, entries, [...place, 'entry', entry.index, 'resource']))
  links.forEach((own, i) => own.forEach((link) => linkFaults(strict, link, i === 0 && type === 'document')))
  for (const index of strangers(entries, links)) {
    const tell = type === 'document' ? fault : doubt
    tell(
      strict,
      [...place, 'entry', index],
      'informational',
      `Nothing leads from the ${head} to this entry, or back.`,
      'Refer to it, or leave it out.',
    )
  }
}

function linkFaults(strict: Strict, { at, literal, target }: Link, fromComposition: boolean): void {
  if (target !== undefined) return
  if (literal.startsWith('urn:') || (fromComposition && mustBeHere(at))) {
    const tell = fromComposition && mustBeHere(at) ? fault : doubt
    tell(
      strict,
      at,
      'not-found',
      'The bundle has no entry that this refers to.',
      'Add the entry, under a fullUrl that the reference resolves to.',
    )
  }
}

/** https://hl7.org/fhir/R4/documents.html#content: what the Composition refers to as part of the document. */
function mustBeHere(at: Place): boolean {
  const names = at.filter((step) => typeof step === 'string')
  return /\.resource\.(?:subject|encounter|author|custodian|attester\.party|event\.detail|(?:section\.)+(?:entry|author|focus))\.reference$/.test(
    names.join('.'),
  )
}

function linksOf({ fullUrl, resource }: Entry, entries: readonly Entry[], place: Place): Link[] {
  const links: Link[] = []
  const visit = (value: unknown, at: Place): void => {
    if (at.length > 100) return
    if (Array.isArray(value)) return value.forEach((one: unknown, i) => visit(one, [...at, i]))
    if (!isJson(value)) return
    const literal = textOf(value['reference'])
    if (literal !== undefined && !literal.startsWith('#')) {
      links.push({ at: [...at, 'reference'], literal, target: targetOf(literal, fullUrl, entries) })
    }
    for (const key in value) {
      const member = value[key]
      if (typeof member === 'object' && member !== null) visit(member, [...at, key])
    }
  }
  visit(resource, place)
  return links
}

/** https://hl7.org/fhir/R4/bundle.html#references, and by type and id where fullUrls do not help. */
function targetOf(literal: string, fullUrl: string | undefined, entries: readonly Entry[]): number | undefined {
  const bare = literal.replace(/#.*$/, '').replace(/\/_history\/[^/]+$/, '')
  const base = /^(https?:\/\/.+)\/[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl ?? '')?.[1]
  const absolute = base !== undefined && !/^[a-z]+:/.test(bare) ? `${base}/${bare}` : bare
  const at = entries.findIndex((entry) => entry.fullUrl === bare || entry.fullUrl === absolute)
  if (at >= 0) return at
  const [, type, id] = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(bare) ?? []
  if (type === undefined) return undefined
  const near = entries.findIndex(({ resource }) => resource?.['resourceType'] === type && resource['id'] === id)
  return near >= 0 ? near : undefined
}

/** Entries that no chain of references, forward or back, joins to the first. */
function strangers(entries: readonly Entry[], links: readonly (readonly Link[])[]): number[] {
  const near = entries.map(() => new Set<number>())
  links.forEach((own, from) => {
    for (const { target } of own) {
      if (target === undefined) continue
      near[from]?.add(target)
      near[target]?.add(from)
    }
  })
  const reached = new Set([0])
  for (const one of reached) for (const other of near[one] ?? []) reached.add(other)
  return entries.flatMap(({ resource }, i) => (resource && !reached.has(i) ? [i] : []))
}
