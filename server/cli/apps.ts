import { readFileSync } from 'node:fs'
import { rid } from '../fhir/keys.ts'
import type { House } from '../interactions/house.ts'
import { APP_KINDS, findApp, listApps, removeApp, saveApp, type App, type AppKind } from '../oauth/clients.ts'
import { readKeySet } from '../oauth/remote-keys.ts'
import { checkedUrl, Unfetched } from '../oauth/safe-fetch.ts'
import { unfit } from '../oauth/scopes.ts'
import { draw, fingerprint } from '../oauth/secret.ts'
import { readMany } from '../store/read.ts'
import { inColumns, many, needed, readWords, Said, Usage, type Words } from './words.ts'

const usage = `app list
       app add <id> --name='City EMR' --kind=backend --role=emr --facility=<Organization> --jwks=<file or https address> [--scopes='system/*.cruds']
       app add <id> --name=Reports --kind=backend --role=reporting --jwks=<file or https address>
       app add <id> --name='Growth chart' --kind=public|confidential --redirect=<address>[,<address>] [--scopes='…'] [--jwks=…]
       app keys <id> --jwks=<file or https address>
       app secret <id>
       app remove <id>`

const OPTIONS = ['name', 'kind', 'role', 'facility', 'redirect', 'jwks', 'scopes']

/** The applications that may ask for tokens. Nothing else registers one. */
export async function appCommand(house: House, given: readonly string[]): Promise<Said> {
  const words = readWords(given, OPTIONS)
  const [verb = ''] = words.words
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined
  if (!command) throw new Usage(`Write: ${usage}`)
  return command(house, words)
}

const commands: Readonly<Record<string, (house: House, words: Words) => Promise<Said>>> = {
  list: async ({ db }) => {
    const apps = await listApps(db)
    const shown = apps.map(({ secret, ...app }) => ({ ...app, secret: secret !== undefined }))
    return new Said(shown, apps.length === 0 ? ['No application yet.'] : inColumns(apps.map(rowOf)))
  },
  add,
  keys: async (house, words) => {
    const { secret: _secret, jwks: _jwks, jwksUrl: _url, ...app } = await known(house, words)
    if (app.kind === 'public') throw new Usage('A public application has no key.')
    await saveApp(house.db, { ...app, ...readJwks(words, true) })
    return new Said({ id: app.id }, [`${app.id} shows who it is with these keys from now on.`])
  },
  secret: async (house, words) => {
    const app = await known(house, words)
    if (app.kind !== 'confidential' || app.jwks !== undefined || app.jwksUrl !== undefined)
      throw new Usage('Only a confidential application without a key has a secret.')
    const secret = draw()
    await saveApp(house.db, { ...app, secret: fingerprint(secret) })
    return secretSaid(app.id, secret)
  },
  remove: async (house, words) => {
    const { id } = await known(house, words)
    await removeApp(house.db, id)
    return new Said({ id, removed: true }, [`${id} gets no token any more; those it has end within a second.`])
  },
}

async function add(house: House, words: Words): Promise<Said> {
  const [, id = ''] = needed(words.words, usage, 2)
  if (!/^[a-z0-9][a-z0-9._-]{2,63}$/.test(id))
    throw new Usage('The id of an application has 3 to 64 small letters, digits, dots, dashes or underscores.')
  if (await findApp(house.db, id)) throw new Usage(`There is an application ${id} already: remove it first.`)
  const name = words.option('name')
  if (name === undefined) throw new Usage('--name is what people are shown.')
  const kind = kindOf(words.option('kind'))
  const part = kind === 'backend' ? await backendOf(house, words) : { redirectUris: redirectsOf(words) }
  const keys = readJwks(words, kind === 'backend')
  if (kind === 'public' && (keys.jwks ?? keys.jwksUrl) !== undefined)
    throw new Usage('A public application cannot keep a key: make it confidential.')
  const scopes = scopesOf(words, kind, part.role)
  const app: App = { id, name, kind, scopes, redirectUris: [], ...part, ...keys }
  if (kind !== 'confidential' || (keys.jwks ?? keys.jwksUrl) !== undefined) {
    await saveApp(house.db, app)
    return new Said({ id, kind, scopes }, [`${id} may ask for ${scopes}`])
  }
  const secret = draw()
  await saveApp(house.db, { ...app, secret: fingerprint(secret) })
  return secretSaid(id, secret)
}

function kindOf(word: string | undefined): AppKind {
  const kind = APP_KINDS.find((one) => one === word)
  if (!kind) throw new Usage(`--kind is one of ${APP_KINDS.join(', ')}.`)
  return kind
}

type Part = Partial<Pick<App, 'role' | 'facility' | 'redirectUris'>>

async function backendOf({ db }: House, words: Words): Promise<Part> {
  const [role, facility] = [words.option('role'), words.option('facility')]
  if (words.has('redirect')) throw new Usage('A backend has no --redirect: nobody logs in there.')
  if (role !== 'emr' && role !== 'reporting') throw new Usage('--role of a backend is emr or reporting.')
  if ((role === 'emr') !== (facility !== undefined))
    throw new Usage(
      role === 'emr' ? 'An emr needs --facility=<id of an Organization>.' : 'Reporting has no --facility.',
    )
  if (facility === undefined) return { role }
  const [organization] = await readMany(db, 'all', [{ type: 'Organization', rid: rid('Organization', facility) }])
  if (organization?.id !== facility) throw new Usage(`There is no Organization/${facility}.`)
  return { role, facility }
}

function redirectsOf(words: Words): string[] {
  if (words.has('role') || words.has('facility'))
    throw new Usage('--role and --facility are of a backend: here they are the person’s.')
  const uris = (words.option('redirect') ?? '').split(',').map((uri) => uri.trim())
  const given = uris.filter(Boolean)
  if (given.length === 0) throw new Usage('--redirect is where people are sent back to.')
  if (!given.every(mayBeRedirect))
    throw new Usage(
      'A --redirect is a whole https address, http on this machine, or of a scheme like in.example.app:/back.',
    )
  return given
}

const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)$/
/** A domain name backwards. */
const APP_SCHEME = /^[a-z0-9-]+(\.[a-z0-9-]+)+:$/

/** https, this machine, or the scheme of an installed app (https://www.rfc-editor.org/rfc/rfc8252#section-7). */
function mayBeRedirect(uri: string): boolean {
  if (!URL.canParse(uri) || /[#*]/.test(uri)) return false
  const { protocol, hostname, username } = new URL(uri)
  if (username !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname)) || APP_SCHEME.test(protocol)
}

function readJwks(words: Words, must: boolean): { jwks?: object; jwksUrl?: string } {
  const given = words.option('jwks')
  if (given === undefined) {
    if (must) throw new Usage('--jwks is a file with a JWK Set, or the https address of one.')
    return {}
  }
  try {
    if (/^https?:/.test(given)) return { jwksUrl: checkedUrl(given, { loopback: true }).href }
    const keys = readKeySet(JSON.parse(readFileSync(given, 'utf8')))
    if (keys.length === 0) throw new Unfetched('it has no key of RS384 (2048 bits) or ES384')
    return { jwks: { keys } }
  } catch (error) {
    if (error instanceof Unfetched) throw new Usage(`--jwks cannot be used: ${error.message}.`)
    throw new Usage('--jwks is no file with a JWK Set in JSON.')
  }
}

function scopesOf(words: Words, kind: AppKind, role: App['role']): string {
  const scopes = (words.option('scopes') ?? usualScopes(kind, role)).split(/\s+/).filter(Boolean).join(' ')
  const wrong = unfit(scopes, kind)
  if (wrong !== undefined || scopes === '') throw new Usage(`A ${kind} application has no scope ${wrong ?? ''}`)
  return scopes
}

function usualScopes(kind: AppKind, role: App['role']): string {
  if (kind !== 'backend') return 'openid fhirUser profile launch launch/patient offline_access patient/*.rs user/*.rs'
  return role === 'emr' ? 'system/*.cruds' : 'system/*.rs'
}

async function known({ db }: House, { words }: Words): Promise<App> {
  const [, id = ''] = needed(words, usage, 2)
  const app = await findApp(db, id)
  if (!app) throw new Usage(`There is no application ${id}.`)
  return app
}

function secretSaid(id: string, secret: string): Said {
  return new Said({ id, secret }, [`The secret of ${id} is ${secret}`, 'It is kept as a hash: it is not shown again.'])
}

function rowOf(app: App): string[] {
  return [app.id, app.name, app.kind, partOf(app), keysOf(app), app.redirectUris.join(' ') || app.scopes]
}

function partOf({ role, facility }: App): string {
  return [role, facility].filter((word) => word !== undefined).join(' at ')
}

function keysOf({ jwks, jwksUrl, secret }: App): string {
  if (jwksUrl !== undefined) return 'keys at its address'
  return jwks ? many(readKeySet(jwks).length, 'key') : secret === undefined ? 'no key' : 'secret'
}
