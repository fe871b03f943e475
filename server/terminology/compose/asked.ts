import { splitCanonical } from '../terminology.ts'

/** How a value set is to be read: the parameters of $expand and $validate-code that change which codes it has. */
export interface Asked {
  /** Words (words.ts). */
  readonly filter?: string | undefined
  readonly activeOnly?: boolean | undefined
  /** Only codes that may be used: no abstract ones. */
  readonly selectable?: boolean | undefined
  /** Only these codes are of interest. */
  readonly codes?: readonly string[]
  /** `system|version`, where the value set says none. */
  readonly systemVersions?: readonly string[]
  /** `system|version`; another version in the value set is refused. */
  readonly checkVersions?: readonly string[]
  /** `system|version`, whatever the value set says. */
  readonly forceVersions?: readonly string[]
  /** Systems (`|version`) to leave out. */
  readonly excludeSystems?: readonly string[]
}

export function versionFor(list: readonly string[] | undefined, system: string): string | undefined {
  return list?.map(splitCanonical).find(({ url }) => url === system)?.version
}

export function isLeftOut(asked: Asked, system: string, version?: string): boolean {
  return (asked.excludeSystems ?? []).some((one) => {
    const { url, version: only } = splitCanonical(one)
    return url === system && (only === undefined || only === version)
  })
}
