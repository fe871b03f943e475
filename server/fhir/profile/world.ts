import type { Json } from './types.ts'

/** What surrounds a resource: what its references can be resolved to, and what is being judged already. */
export interface World {
  /** A resource contained in `root`, or in the same bundle. */
  resolve(reference: string, root: Json): Json | undefined
  /** Runs `judge` unless this value is being judged by this profile further out: a circle is taken as conforming. */
  once(value: object, profile: string, judge: () => boolean): boolean
}

export function worldOf(root: unknown): World {
  const targets = new Map<string, Json>()
  if (isJson(root) && root['resourceType'] === 'Bundle') collect(root, targets)
  const active = new Map<object, Set<string>>()
  return {
    resolve(reference, container) {
      if (reference.startsWith('#')) return contained(container, reference.slice(1))
      const bare = reference.replace(/\/_history\/[^/]+$/, '')
      return targets.get(bare) ?? targets.get(/[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(bare)?.[0] ?? '')
    },
    once(value, profile, judge) {
      let running = active.get(value)
      if (running?.has(profile)) return true
      if (!running) active.set(value, (running = new Set()))
      running.add(profile)
      try {
        return judge()
      } finally {
        running.delete(profile)
      }
    },
  }
}

function collect(bundle: Json, targets: Map<string, Json>): void {
  for (const entry of listOf(bundle['entry'])) {
    const { fullUrl, resource } = entry
    if (!isJson(resource)) continue
    const { resourceType, id } = resource
    if (typeof fullUrl === 'string') targets.set(fullUrl, resource)
    if (typeof resourceType === 'string' && typeof id === 'string') targets.set(`${resourceType}/${id}`, resource)
  }
}

function contained(container: Json, id: string): Json | undefined {
  if (id === '') return container
  return listOf(container['contained']).find((one) => one['id'] === id)
}

export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The resourceType where it is text; JSON may hold anything there, even what String() chokes on. */
export function typeName(resource: Json): string {
  const { resourceType } = resource
  return typeof resourceType === 'string' ? resourceType : ''
}
