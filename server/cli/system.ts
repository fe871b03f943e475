import type { Context } from '../context.ts'

/** The server itself as the caller: demo data, jobs, commands. Its base is where bundles of this server point at. */
export function system(name: string, base = 'http://localhost/fhir'): Context {
  return { requestId: name, actor: { kind: 'system', name }, base }
}
