import type { AdapterPayload } from 'oidc-provider'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { revoke } from '../store/revoked.ts'
import { readKeySet, type RemoteKeys } from './remote-keys.ts'

/** A registered application. */
export interface App {
  readonly id: string
  readonly name: string
  /** backend: a system by itself. confidential and public: for people, with and without a secret of its own. */
  readonly kind: AppKind
  /** Of a backend. */
  readonly role?: 'emr' | 'reporting'
  /** Id of the Organization whose system an emr is. */
  readonly facility?: string
  /** The most it may ask for, separated by spaces. */
  readonly scopes: string
  readonly redirectUris: readonly string[]
  readonly jwks?: object
  readonly jwksUrl?: string
  /** A hash. */
  readonly secret?: string
}

export const APP_KINDS = ['backend', 'confidential', 'public'] as const
export type AppKind = (typeof APP_KINDS)[number]

interface Row {
  id: string
  name: string
  kind: AppKind
  role: 'emr' | 'reporting' | null
  facility: string | null
  scopes: string
  redirect_uris: string[]
  jwks: object | null
  jwks_url: string | null
  secret: string | null
}

export async function findApp(db: Queryable, id: string): Promise<App | undefined> {
  const [row] = await db.prepared<Row>('app_find', 'select * from app where id = $1', [id])
  return row && appOf(row)
}

export async function listApps(db: Queryable): Promise<App[]> {
  const rows = await db.rows<Row>(sql`select * from app order by kind, id`)
  return rows.map(appOf)
}

/** A new application, or another form of the one there is, which ends the tokens issued before. */
export async function saveApp(db: Queryable, app: App): Promise<void> {
  if (await findApp(db, app.id)) await revoke(db, `app:${app.id}`)
  const jwks = app.jwks === undefined ? null : JSON.stringify(app.jwks)
  await db.rows(sql`
    insert into app (id, name, kind, role, facility, scopes, redirect_uris, jwks, jwks_url, secret)
    values (${app.id}, ${app.name}, ${app.kind}, ${app.role ?? null}, ${app.facility ?? null}, ${app.scopes},
            ${app.redirectUris}, ${jwks}, ${app.jwksUrl ?? null}, ${app.secret ?? null})
    on conflict (id) do update set name = excluded.name, kind = excluded.kind, role = excluded.role,
      facility = excluded.facility, scopes = excluded.scopes, redirect_uris = excluded.redirect_uris,
      jwks = excluded.jwks, jwks_url = excluded.jwks_url, secret = excluded.secret`)
}

/** Its tokens end within a second, its refresh tokens at once. */
export async function removeApp(db: Queryable, id: string): Promise<boolean> {
  const gone = await db.rows(sql`delete from app where id = ${id} returning 1`)
  await db.rows(sql`
    delete from oauth_payload where payload ->> 'clientId' = ${id} and model in ('RefreshToken', 'AuthorizationCode', 'Grant')`)
  await revoke(db, `app:${id}`)
  return gone.length > 0
}

export async function originsOf(db: Queryable): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ uri: string }>(sql`select distinct unnest(redirect_uris) as uri from app`)
  return new Set(rows.flatMap(({ uri }) => (/^https?:/.test(uri) && URL.canParse(uri) ? [new URL(uri).origin] : [])))
}

function appOf({ id, name, kind, role, facility, scopes, redirect_uris, jwks, jwks_url, secret }: Row): App {
  return {
    id,
    name,
    kind,
    scopes,
    redirectUris: redirect_uris,
    ...(role !== null && { role }),
    ...(facility !== null && { facility }),
    ...(jwks !== null && { jwks }),
    ...(jwks_url !== null && { jwksUrl: jwks_url }),
    ...(secret !== null && { secret }),
  }
}

/** What a client of oidc-provider carries of ours (extraClientMetadata). */
export const OF_OURS = ['app_kind', 'app_role', 'app_facility', 'app_scopes'] as const

/** The applications, as oidc-provider wants them: their keys are fetched here, never there. */
export class AppBook {
  constructor(
    private readonly db: Queryable,
    private readonly keys: RemoteKeys,
  ) {}

  async metadata(id: string): Promise<AdapterPayload | undefined> {
    const app = await findApp(this.db, id)
    if (!app) return undefined
    const { kind, secret, jwksUrl, jwks } = app
    const keys = jwksUrl === undefined ? jwks && readKeySet(jwks) : await this.keys.at(jwksUrl)
    const asks = kind !== 'backend'
    return {
      client_id: id,
      client_name: app.name,
      application_type: app.redirectUris.some((uri) => !/^https?:/.test(uri)) ? 'native' : 'web',
      token_endpoint_auth_method: keys ? 'private_key_jwt' : kind === 'public' ? 'none' : 'client_secret_basic',
      grant_types: asks ? ['authorization_code', 'refresh_token'] : ['client_credentials'],
      response_types: asks ? ['code'] : [],
      redirect_uris: [...app.redirectUris],
      ...(secret !== undefined && { client_secret: secret }),
      ...(keys && { jwks: { keys: keys.map((key) => ({ ...key, kty: String(key['kty']) })) } }),
      app_kind: kind,
      app_role: app.role,
      app_facility: app.facility,
      app_scopes: app.scopes,
    }
  }

  /** An assertion signed with this key is about to be checked: it may be a new one. */
  async expect(id: string, kid: string | undefined): Promise<void> {
    const app = await findApp(this.db, id)
    if (app?.jwksUrl !== undefined) await this.keys.at(app.jwksUrl, kid)
  }
}
