import { importJWK, SignJWT } from 'jose'
import { randomUUID } from 'node:crypto'
import { scopeText } from '../../server/access/scopes.ts'
import type { Caller } from '../../server/context.ts'
import { desk } from '../../server/interactions/desk.ts'
import { openKeys } from '../../server/oauth/keys.ts'
import { ask, type Answer } from '../http/ask.ts'
import { startServer, type TestServer } from '../http/server.ts'
import { systemOf } from '../harness/house.ts'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what it expects
export type Told = Omit<Answer, 'json'> & { json: any }

export interface Door extends TestServer {
  /** Over HTTP, with a token that this server signed for the caller: `as(doctor, 'GET Patient/1')`. */
  as(who: Caller, line: string, body?: object | Buffer, headers?: Record<string, string>): Promise<Told>
  /** As the server itself, for a facility or the city; refuses to be refused. */
  put(facility: string | undefined, ...resources: readonly { resourceType: string; id: string }[]): Promise<void>
}

/** The whole server with its door locked, and a key to it. */
export async function openDoor(options: Parameters<typeof startServer>[0] = {}): Promise<Door> {
  const server = await startServer({ ...options, env: { AUTH: 'on', ...options.env } })
  const { house, origin } = server
  const [key] = (await openKeys(house.db)).access
  if (!key) throw new Error('there is no key')
  const signer = await importJWK(key, 'ES384')
  const tokenFor = ({ kind, id, app, role, facility, patient, scopes, grant }: Caller) =>
    new SignJWT({
      client_id: app,
      jti: randomUUID(),
      scope: scopes.map(scopeText).join(' '),
      parchi: { kind, id, role, facility, patient, grant, at: Date.now() },
    })
      .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid: key.kid })
      .setIssuer(`${origin}/oauth`)
      .setAudience(`${origin}/fhir`)
      .setSubject(`${kind}.${id}`)
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(signer)
  return {
    ...server,
    async as(who, line, body, headers = {}) {
      const [method = 'GET', target = ''] = line.split(' ')
      const json = body === undefined || Buffer.isBuffer(body) ? {} : { 'content-type': 'application/fhir+json' }
      const authorization = `Bearer ${await tokenFor(who)}`
      const sent = Buffer.isBuffer(body) ? body : body && JSON.stringify(body)
      return ask(origin, method, `/fhir/${target}`, {
        headers: { ...json, ...headers, authorization },
        ...(sent !== undefined && { body: sent }),
      })
    },
    async put(facility, ...resources) {
      for (const resource of resources) {
        const { resourceType, id } = resource
        const context = { requestId: 'test', base: server.base, actor: systemOf(facility) }
        const body = { kind: 'text', text: JSON.stringify(resource), contentType: 'application/fhir+json' } as const
        await desk(house, context, { method: 'PUT', path: [resourceType, id], query: [], headers: {}, body })
      }
    },
  }
}
