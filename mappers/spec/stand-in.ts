import type { Canonical } from '../canonical.ts'
import type { Issue } from '../issues.ts'
import type { Facility, MappedRecord } from '../mapping.ts'

/** Until build/build.ts is there: builds nothing. */
export interface Built extends Pick<MappedRecord, 'lane' | 'resources' | 'removes' | 'merges' | 'needs'> {
  readonly issues: readonly Issue[]
}

export interface Context {
  readonly facility: Facility
  readonly receivedAt: Date
  readonly key: string
  readonly line: number
}

export function build(_: Canonical, context: Context): Built {
  return { lane: context.key, resources: [], removes: [], merges: [], needs: [], issues: [] }
}
