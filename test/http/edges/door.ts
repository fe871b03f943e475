import type { IncomingMessage } from 'node:http'
import type { Caller, Role } from '../../../server/context.ts'
import { FhirError } from '../../../server/errors.ts'
import type { Authority } from '../../../server/http/authority.ts'
import { openDoor, type DoorOptions, type OpenDoor } from '../../../server/http/server.ts'
import type { House } from '../../../server/interactions/house.ts'

/** `it rose` → a member of the IT staff of rose; `administrator` → one without a facility. */
export function callerOf(token: string): Caller {
  const [role = '', facility, id = token.replaceAll(' ', '-')] = token.split(' ')
  const kinds: Record<string, Caller['kind']> = { emr: 'client', reporting: 'client', patient: 'patient' }
  return {
    kind: kinds[role] ?? 'staff',
    id,
    app: 'test',
    role: role as Role,
    ...(facility && { facility }),
    scopes: [{ context: 'user', type: '*', verbs: 'cruds' }],
    grant: token,
  }
}

/** An authority whose tokens are what they say, `t.` before base64url. What it is asked at /oauth it tells back. */
export const plainAuthority = (origins: readonly string[] = []): Authority => ({
  async who(req: IncomingMessage) {
    const [, token] = /^Bearer t\.([\w-]+)$/.exec(req.headers.authorization ?? '') ?? []
    if (token === undefined) throw new FhirError('unauthenticated', 'There is no token.')
    return callerOf(Buffer.from(token, 'base64url').toString())
  },
  listener: (req, res) => {
    const { host, 'x-forwarded-host': forwarded, 'x-forwarded-proto': protocol } = req.headers
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify({ method: req.method, url: req.url, host, forwarded, protocol }))
  },
  origins: async () => new Set(origins),
  smartConfiguration: () => ({}),
})

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer t.${Buffer.from(token).toString('base64url')}` }
}

/** A door of its own before a house, with an authority. */
export function guardedDoor(house: House, options: Partial<DoorOptions> = {}): Promise<OpenDoor> {
  return openDoor(house, {
    host: '127.0.0.1',
    port: 0,
    publicUrl: '',
    bodyLimit: 1e6,
    requestTimeout: 5000,
    readiness: () => undefined,
    authorityOf: () => plainAuthority(),
    ...options,
  })
}
