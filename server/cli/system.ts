import type { Context } from '../context.ts'

/**
 * The server itself as the caller: demo data, jobs, commands. Its base is where bundles of this server point at; what it
 * writes for a facility (the id of its Organization) is that facility's own.
 */
export function system(name: string, base = 'http://localhost/fhir', facility?: string): Context {
  return { requestId: name, actor: { kind: 'system', name, ...(facility !== undefined && { facility }) }, base }
}
