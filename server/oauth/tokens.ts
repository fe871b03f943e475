import { createLocalJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { roles } from '../access/roles.ts'
import { parseScopes } from '../access/scopes.ts'
import type { Caller, Role } from '../context.ts'
import { FhirError } from '../errors.ts'
import { LONGEST_TOKEN, type Revocable } from '../store/revoked.ts'
import { ALGORITHMS, type SigningKeys } from './keys.ts'
import type { Revocations } from './revocations.ts'

/**
 * Access tokens: JWTs of ours after RFC 9068 (https://www.rfc-editor.org/rfc/rfc9068). What makes one is pinned: the
 * algorithm, the type `at+jwt`, issuer, audience, and a life of at most ten minutes; no other JWT has all of them.
 */
export interface Facts {
  readonly kind: Caller['kind']
  readonly id: string
  readonly role: Role
  readonly facility?: string
  readonly patient?: string
  readonly encounter?: string
  /** The application shows whose record it is, because nobody else does. */
  readonly banner?: boolean
  /** What can be revoked: the grant; of a backend service the token itself. */
  readonly grant: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The facts of a caller in a token: `parchi`, a claim of ours. */
export const FACTS = 'parchi'

/** Seconds that clocks may differ. */
const SKEW = 5

/** Headers with tokens seen before: so many, checked once each. A kilobyte each, for as long as they are good. */
const SEEN = 5000

interface Checked {
  readonly caller: Caller
  readonly ends: number
  readonly issued: number
  readonly whats: readonly Revocable[]
}

export class Tokens {
  readonly #seen = new Map<string, Checked>()
  #keys: ReturnType<typeof createLocalJWKSet>

  constructor(
    private readonly options: {
      readonly issuer: string
      readonly audience: string
      readonly keys: SigningKeys
      readonly revocations: Revocations
      /** The keys as they are now; the same when nobody rotated them. */
      readonly reload: () => Promise<SigningKeys>
    },
  ) {
    this.#keys = publicKeys(options.keys)
  }

  use(keys: SigningKeys): void {
    this.#keys = publicKeys(keys)
  }

  /**
   * By the header that shows the token; a FhirError `unauthenticated` when it is not good, without a word about what is wrong
   * with it.
   */
  async caller(authorization: string | undefined): Promise<Caller> {
    const known = this.#seen.get(authorization ?? '')
    const checked = known ?? (await this.#check(bearerOf(authorization)))
    if (checked.ends <= Date.now()) {
      this.#seen.delete(authorization ?? '')
      throw refused()
    }
    const { revocations } = this.options
    if (!revocations.isFresh) await revocations.refresh()
    if (revocations.covers(checked.whats, checked.issued)) throw refused()
    if (!known) this.#keep(authorization ?? '', checked)
    return checked.caller
  }

  async #check(token: string): Promise<Checked> {
    const payload = await this.#verified(token)
    const facts = payload[FACTS] as Facts
    const { iat = 0, exp = 0, client_id: app, jti, scope } = payload
    if (typeof app !== 'string' || typeof jti !== 'string' || typeof payload.sub !== 'string') throw refused()
    if (exp - iat > LONGEST_TOKEN || typeof facts !== 'object' || (facts as unknown) === null) throw refused()
    // of a version of the server that knows other roles
    if (!Object.hasOwn(roles, facts.role)) throw refused()
    const { kind, id, role, facility, patient, grant, at } = facts
    const caller: Caller = {
      kind,
      id,
      app,
      role,
      ...(facility !== undefined && { facility }),
      ...(patient !== undefined && { patient }),
      scopes: parseScopes(typeof scope === 'string' ? scope : ''),
      grant,
    }
    const whats: Revocable[] = [`grant:${grant}`, `app:${app}`, `account:${payload.sub}`, `account:${kind}/${id}`]
    return { caller, ends: (exp + SKEW) * 1000, issued: at, whats }
  }

  async #verified(token: string): Promise<JWTPayload> {
    try {
      return await this.#verify(token)
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refused()
    }
    // signed by a key that this process has not heard of
    this.use(await this.options.reload())
    return this.#verify(token).catch(() => {
      throw refused()
    })
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { issuer, audience } = this.options
    const { payload } = await jwtVerify(token, this.#keys, {
      algorithms: [ALGORITHMS.access],
      typ: 'at+jwt',
      issuer,
      audience,
      clockTolerance: SKEW,
      requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id', FACTS],
      maxTokenAge: LONGEST_TOKEN,
    })
    return payload
  }

  #keep(authorization: string, checked: Checked): void {
    if (this.#seen.size >= SEEN) {
      const now = Date.now()
      for (const [old, { ends }] of this.#seen) if (ends <= now) this.#seen.delete(old)
      if (this.#seen.size >= SEEN) this.#seen.clear()
    }
    this.#seen.set(authorization, checked)
  }
}

/** The bearer token of a request (https://www.rfc-editor.org/rfc/rfc6750#section-2.1), never of its address. */
function bearerOf(authorization: string | undefined): string {
  const [, token] = /^Bearer +([\w.~+/=-]{1,8192})$/i.exec(authorization ?? '') ?? []
  if (token === undefined) throw new FhirError('unauthenticated', 'There is no bearer token in this request')
  return token
}

function refused(): FhirError {
  return new FhirError('unauthenticated', 'The bearer token is not good, or not any more')
}

function publicKeys({ access }: SigningKeys): ReturnType<typeof createLocalJWKSet> {
  const keys = access.map(({ kty = 'EC', crv = '', x = '', y = '', kid, alg = ALGORITHMS.access }) => ({
    kty,
    crv,
    x,
    y,
    kid,
    alg,
    use: 'sig',
  }))
  return createLocalJWKSet({ keys })
}
