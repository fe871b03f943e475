import { FhirError } from '../../errors.ts'
import type { Queryable } from '../../db/database.ts'
import { any, type Criterion } from '../../fhir/query/plan.ts'
import { referenceToken, token } from '../../fhir/keys.ts'
import { findKeys } from '../../store/search/targets.ts'
import { linkedRids } from '../../store/person.ts'
import type { Sight } from '../../store/sight.ts'
import { findWords } from '../../store/search/words.ts'
import type { Coding, Expander } from '../../terminology/expander.ts'

/** More codes or words than this in one condition are refused: the index would look for each of them. */
const MAX_TOKENS = 10_000

export interface Sources {
  readonly db: Queryable
  /** Chains and hierarchies go over nothing that the caller does not see. */
  readonly sight: Sight
  readonly expander: Expander
  /** How many resources at the end of a chain are turned into tokens. */
  readonly chainEnds?: number
}

/** Value sets, hierarchies, words and the ends of chains → tokens, so that what is left is SQL. */
export async function resolve(sources: Sources, one: Criterion): Promise<Criterion> {
  if (one.kind === 'all') return { kind: 'all', of: await resolveEach(sources, one.of) }
  if (one.kind === 'any') return any(await resolveEach(sources, one.of))
  if (one.kind === 'not') return { kind: 'not', of: await resolve(sources, one.of) }
  if (one.kind === 'refersTo') return resolveChain(sources, one.params, await resolve(sources, one.to))
  if (one.kind === 'referredBy') return { ...one, from: await resolve(sources, one.from) }
  if (one.kind === 'valueSet') {
    const codes = await sources.expander.expand(one.valueSet)
    if (!codes) throw unknown('The value set of :in or :not-in is unknown here, or cannot be expanded.')
    return ofCodes(one, codes)
  }
  if (one.kind === 'hierarchy') {
    const codes = await sources.expander.hierarchy(one.direction, one.system, one.code)
    if (!codes) throw unknown(`The code of :${one.direction} is unknown here, or its code system is.`)
    return ofCodes(one, codes)
  }
  if (one.kind === 'linked') {
    const keys = await linkedRids(sources.db, sources.sight, one.patient)
    return { kind: 'tokens', any: (keys ?? [one.patient]).map((key) => referenceToken(one.param, key)) }
  }
  if (one.kind === 'branch') return resolveBranch(sources, one)
  if (one.kind !== 'words') return one
  const words = await findWords(sources.db, one, MAX_TOKENS + 1)
  return ofTexts(
    one.param,
    words.map((word) => (one.as === 'text' ? `~${word}` : word)),
  )
}

/**
 * The end of a chain mostly is a few resources: found first, they are tokens like any others, which the planner can
 * judge. When there are more, the chain stays one, and each candidate's references are looked up.
 */
async function resolveChain(
  { db, sight, chainEnds = 1_000 }: Sources,
  params: readonly number[],
  to: Criterion,
): Promise<Criterion> {
  const keys = await findKeys(db, sight, to, chainEnds + 1)
  if (keys.length > chainEnds) return { kind: 'refersTo', params, to }
  const tokens = keys.flatMap((key) => params.map((param) => referenceToken(param, key)))
  return tokens.length === 0 ? any([]) : { kind: 'tokens', any: tokens }
}

/** Level by level, each resource once, so that a circle ends too. */
async function resolveBranch(
  { db, sight }: Sources,
  { param, direction, top, via }: Criterion & { kind: 'branch' },
): Promise<Criterion> {
  const seen = new Set([top])
  for (let level = [top]; level.length > 0;) {
    const next: Criterion =
      direction === 'above'
        ? { kind: 'referredBy', params: via, from: { kind: 'rids', rids: level } }
        : { kind: 'tokens', any: level.flatMap((key) => via.map((one) => referenceToken(one, key))) }
    level = (await findKeys(db, sight, next, MAX_TOKENS + 1)).filter((key) => !seen.has(key))
    level.forEach((key) => seen.add(key))
    if (seen.size > MAX_TOKENS)
      throw new FhirError('too-costly', `There are more than ${MAX_TOKENS} resources ${direction} this one.`)
  }
  return { kind: 'tokens', any: [...seen].map((key) => referenceToken(param, key)) }
}

function resolveEach(sources: Sources, of: readonly Criterion[]): Promise<Criterion[]> {
  return Promise.all(of.map((each) => resolve(sources, each)))
}

/** A Coding must have the code's system; a plain `code` has none, and is of those that its element implies. */
function ofCodes({ param, implied }: Coded, codes: readonly Coding[]): Criterion {
  const texts = implied
    ? codes.flatMap(({ system, code }) => (implied.includes(system) ? [code] : []))
    : codes.map(({ system, code }) => `${system}|${code}`)
  return ofTexts(param, [...new Set(texts)])
}

type Coded = Criterion & { readonly kind: 'valueSet' | 'hierarchy' }

function ofTexts(param: number, texts: readonly string[]): Criterion {
  if (texts.length > MAX_TOKENS)
    throw new FhirError('too-costly', `A condition stands for more than ${MAX_TOKENS} values.`)
  return texts.length === 0 ? any([]) : { kind: 'tokens', any: texts.map((text) => token(param, text)) }
}

function unknown(message: string): FhirError {
  return new FhirError('invalid', [
    { message, code: 'not-found', hint: 'Store the ValueSet or CodeSystem first, or list the codes.' },
  ])
}
