import {
  errors,
  type AccessToken,
  type Adapter,
  type ClientCredentials,
  type JWTStructured,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import type { Next } from 'koa'
import { FACTS, type Facts } from './tokens.ts'

/**
 * An access token is about to be signed. It is remembered too, under its jti, so that introspection and revocation work
 * on it; without resources in its scope there is none.
 */
export async function issue(
  shelves: (model: string) => Adapter,
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
  { payload }: JWTStructured,
): Promise<void> {
  if (token.scope === undefined || token.scope === '')
    throw new errors.InvalidScope('none of the scopes is about resources', '')
  const { iat, exp, jti, aud } = payload as { iat: number; exp: number; jti: string; aud: string }
  const { kind, clientId, gty, accountId, grantId, extra } = token as AccessToken
  const scope = wholeScope(ctx) ?? token.scope
  const kept = { kind, iat, exp, aud, clientId, gty, accountId, grantId, extra, scope }
  await shelves(kind).upsert(jti, JSON.parse(JSON.stringify({ jti, ...kept })) as typeof kept, exp - iat)
}

/** What was granted with `openid`, `launch/patient` …, which are no scopes of the access token itself. */
function wholeScope(ctx: KoaContextWithOIDC): string | undefined {
  const { AuthorizationCode: code, RefreshToken: refresh } = ctx.oidc.entities
  if (code) return code.scope
  const asked = ctx.oidc.params?.['scope']
  return refresh && typeof asked === 'string' && asked !== '' ? asked : refresh?.scope
}

/** Token and introspection answers tell the launch context (https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html). */
export async function tellLaunch(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  await next()
  const body: unknown = ctx.body
  if (ctx.status !== 200 || typeof body !== 'object' || body === null) return
  if (ctx.oidc.route === 'introspection') ctx.body = introspected(body as Record<string, unknown>)
  if (ctx.oidc.route === 'token') {
    const facts = ctx.oidc.entities.AccessToken?.extra?.[FACTS] as Facts | undefined
    ctx.body = { ...body, ...contextOf(facts), ...(wholeScope(ctx) !== undefined && { scope: wholeScope(ctx) }) }
  }
}

function introspected({ [FACTS]: facts, ...body }: Record<string, unknown>): object {
  return { ...body, ...contextOf(facts as Facts | undefined) }
}

function contextOf(facts: Facts | undefined): object {
  const { patient, encounter, banner } = facts ?? {}
  return {
    ...(patient !== undefined && { patient }),
    ...(encounter !== undefined && { encounter }),
    ...(patient !== undefined && banner !== undefined && { need_patient_banner: banner }),
  }
}
