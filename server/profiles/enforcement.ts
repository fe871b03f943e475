import { readFileSync } from 'node:fs'

/**
 * profiles/enforcement.json: canonical url → how its findings count. `warn` (also for every profile that is not listed):
 * the write is taken, with warnings; `reject`: an error of the profile refuses it. `unasked`: judged for every resource of
 * its type, also for one that does not claim it. `count`: resources of its type that claim no known profile are
 * judged after the reply, a sample of them when there are many, for the score alone; one that claims it is warned.
 */
export interface Enforcement {
  level(profile: string): 'warn' | 'reject'
  /** Profiles to judge by although the resource does not claim them. */
  readonly unasked: readonly string[]
  /** Profiles whose findings add to the score, and are not told, of resources that claim no known profile. */
  readonly counted: readonly string[]
}

interface Row {
  readonly level?: 'warn' | 'reject' | 'count'
  readonly unasked?: boolean
}

export const noEnforcement: Enforcement = { level: () => 'warn', unasked: [], counted: [] }

export function readEnforcement(profiles: URL): Enforcement {
  const file = new URL('enforcement.json', profiles)
  let rows: Record<string, Row>
  try {
    rows = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Row>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return noEnforcement
    throw error
  }
  return {
    level: (profile) => (rows[profile.split('|')[0] ?? profile]?.level === 'reject' ? 'reject' : 'warn'),
    unasked: Object.entries(rows).flatMap(([url, { unasked }]) => (unasked ? [url] : [])),
    counted: Object.entries(rows).flatMap(([url, { level, unasked }]) => (level === 'count' && !unasked ? [url] : [])),
  }
}
