import type { Resource } from '@medplum/fhirtypes'
import { FhirError } from '../errors.ts'
import { claims } from '../fhir/profile/examine.ts'
import type { Finding, Json } from '../fhir/profile/types.ts'
import { facilityOf } from '../profiles/scores.ts'
import { CANONICAL_TYPES } from '../profiles/stored.ts'
import type { House } from './house.ts'

/** What the profiles say of a resource about to be written. */
export interface Assessment {
  /** Findings to tell: a profile's errors are warnings here, for the resource is taken. */
  readonly notes: readonly Finding[]
  /** Counts them for the facility, once the write has happened. */
  count(): void
}

const nothing: Assessment = { notes: [], count: () => undefined }

/**
 * The second level: base R4 has been asked, and refuses by itself. Profiles warn and are counted, unless
 * profiles/enforcement.json says that one of them rejects.
 */
export async function assess(house: House, resource: Resource): Promise<Assessment> {
  const value = resource as unknown as Json
  if (isDefinition(value)) return { notes: [], count: () => house.profiles.forget(house.db) }
  if (!house.profiles.concerns(value)) return countedOnly(house, value)
  const profiles = house.profiles.unasked(value)
  return assessed(house, value, profiles, await house.profiles.examine(house.db, value, { profiles }))
}

/** The same under a row lock, where nothing can be waited for: by the profiles that are known already. */
export function assessNow(house: House, resource: Resource): Assessment {
  const value = resource as unknown as Json
  if (!house.profiles.concerns(value)) return countedOnly(house, value)
  const profiles = house.profiles.unasked(value)
  return assessed(house, value, profiles, house.profiles.examineNow(house.db, value, { profiles }))
}

/** Nothing to tell, and nothing to wait for: the score is counted after the reply. */
function countedOnly({ profiles, db }: House, value: Json): Assessment {
  const count = profiles.counting(db, value)
  return count ? { notes: [], count } : nothing
}

/** What others are judged by is not judged itself, but has to be taken note of. */
function isDefinition({ resourceType }: Json): boolean {
  return CANONICAL_TYPES.some((type) => type === resourceType)
}

function assessed(
  { profiles, db }: House,
  value: Json,
  unasked: readonly string[],
  findings: readonly Finding[],
): Assessment {
  const rejects = (one: Finding): boolean =>
    one.severity === 'error' && profiles.enforcement.level(one.profile ?? '') === 'reject'
  const refused = findings.filter(rejects)
  if (refused.length > 0) throw new FhirError('unprocessable', refused)
  const own = [...new Set([...claims(value), ...unasked])]
  return {
    notes: findings.map((one) => (one.severity === 'error' ? { ...one, severity: 'warning' } : one)),
    count() {
      const scores = profiles.scores(db)
      const facility = facilityOf(value)
      const whole = { place: value['resourceType'] as string, resource: value, urls: own }
      for (const { place, resource, urls } of [whole, ...bundled(value)]) {
        const told = findings.filter(({ path = '' }) => path === place || path.startsWith(`${place}.`))
        const known = urls.map(withoutVersion).filter((url) => profiles.isKnown(db, url))
        if (known.length > 0) scores.note(facility, known, told)
        else profiles.counting(db, resource, facility)?.()
      }
    },
  }
}

/** The entries of a bundle that is stored whole: each is judged by its own claims. */
function bundled({ resourceType, entry }: Json): { place: string; resource: Json; urls: string[] }[] {
  if (resourceType !== 'Bundle' || !Array.isArray(entry)) return []
  return entry.flatMap((one: { resource?: Json } | null, i) =>
    one?.resource ? [{ place: `Bundle.entry[${i}].resource`, resource: one.resource, urls: claims(one.resource) }] : [],
  )
}

function withoutVersion(canonical: string): string {
  return canonical.split('|')[0] ?? canonical
}
