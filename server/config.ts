import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'

/**
 * Every setting, as one table: environment variable, how it is read, its default, and what it is for.
 * Nothing else reads process.env. `npm run -s parchi -- config` prints it. A secret may also come from a file, which
 * NAME_FILE names (as Docker and systemd hand them over). Long, because it is one table with what reads it.
 */
const settings = {
  host: setting('HOST', text, '127.0.0.1', 'Address to listen on.'),
  port: setting('PORT', whole(0, 65_535), '8080', 'Port to listen on; 0 takes a free one.'),
  publicUrl: setting(
    'PUBLIC_URL',
    origin,
    '',
    'How clients reach this server (https://health.example.in), when not by HOST and PORT.',
  ),
  dataDir: setting('DATA_DIR', text, './data', 'Where the embedded PostgreSQL keeps its files.'),
  databaseUrl: secret('DATABASE_URL', postgres, 'PostgreSQL 15–18 to use instead of the embedded one.'),
  replicaUrl: secret('DATABASE_REPLICA_URL', postgres, 'A streaming replica for reads that may be a moment stale.'),
  demo: setting(
    'DEMO',
    choice('', 'on', 'off'),
    '',
    'Load the demo city into an empty database. Unset: only into a new embedded one, and never with NODE_ENV=production.',
  ),
  nodeEnv: setting('NODE_ENV', text, '', 'production turns the demo data off.'),
  packages: setting(
    'PACKAGES',
    paths,
    '',
    'FHIR packages whose profiles and value sets are to be known: .tgz files or folders, separated by commas.',
  ),
  auth: setting(
    'AUTH',
    choice('on', 'open'),
    'on',
    'on: everybody shows a token. open: whoever can connect may do everything, so only on a loopback HOST.',
  ),
  tlsCert: setting(
    'TLS_CERT',
    text,
    '',
    'Certificate chain (PEM file): the server then speaks HTTPS. Read again when it changes and on SIGHUP.',
  ),
  tlsKey: setting('TLS_KEY', text, '', 'Key (PEM file) of that certificate.'),
  trustProxy: setting(
    'TRUST_PROXY',
    addresses,
    '',
    'Addresses or networks (10.0.0.5, 10.1.0.0/16, loopback) of the proxies whose X-Forwarded-For and -Proto are believed.',
  ),
  plainHttp: setting(
    'PLAIN_HTTP',
    choice('off', 'on'),
    'off',
    'on: with AUTH=on on a network without TLS, though tokens and records can then be read on the way.',
  ),
  rateLimit: setting(
    'RATE_LIMIT',
    rate,
    '100',
    'Requests a second of one client system, over ten seconds; 0: no limit.',
  ),
  rateLimitPerson: setting('RATE_LIMIT_PERSON', rate, '30', 'The same of one member of staff or patient.'),
  rateLimitIp: setting(
    'RATE_LIMIT_IP',
    rate,
    '500',
    'The same of one address, before anybody is asked for a token; a hospital may have only one.',
  ),
  rateLimitLogin: setting(
    'RATE_LIMIT_LOGIN',
    rate,
    '600',
    'Requests a minute of one address for tokens and logins; 0: no limit.',
  ),
  expensiveAtOnce: setting(
    'EXPENSIVE_AT_ONCE',
    whole(0, 1000),
    '8',
    'Expensive requests ($everything, $match, whole histories …) of one caller at a time; 0: no limit.',
  ),
  metricsToken: secret(
    'METRICS_TOKEN',
    atLeast(16),
    'Bearer token that opens /metrics, besides administrators and loopback.',
  ),
  accessToken: secret('ACCESS_TOKEN', atLeast(16), 'Bearer token that commands show to the server named by --server.'),
  pageSecret: secret(
    'PAGE_SECRET',
    atLeast(16),
    'Signs page links. Unset: a random one, kept in the database for all processes.',
  ),
  oauthKeys: secret(
    'OAUTH_KEYS',
    text,
    'Keys that sign tokens and cookies (JSON of `parchi keys draw`). Unset: drawn once, kept in the database for all processes.',
  ),
  peopleSecret: secret(
    'PEOPLE_SECRET',
    atLeast(16),
    'Seals TOTP secrets and one-time codes. Unset: a random one, kept in the database for all processes.',
  ),
  totpRoles: setting(
    'TOTP_ROLES',
    staffRoles,
    '',
    'Roles that log in with an authenticator app besides the password, separated by commas: officer,administrator. Who has none sets it up at the next login.',
  ),
  smsUrl: setting(
    'SMS_URL',
    gatewayUrl,
    '',
    'HTTP gateway that sends SMS (https, or http on a loopback address). Unset: messages stay in the outbox (parchi sms outbox).',
  ),
  smsToken: secret('SMS_TOKEN', text, 'Bearer token for that gateway.'),
  smsStatusToken: secret(
    'SMS_STATUS_TOKEN',
    atLeast(16),
    'What the gateway shows at /oauth/sms-status, where it tells what became of a message (bearer, or password of Basic). Unset: nothing is there.',
  ),
  smsSender: setting('SMS_SENDER', text, '', 'Registered header (sender) of the messages.'),
  smsEntity: setting('SMS_ENTITY', text, '', 'DLT id of the principal entity.'),
  logLevel: setting(
    'LOG_LEVEL',
    choice('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
    'info',
    'debug also logs one line per request.',
  ),
  bodyLimit: setting('BODY_LIMIT', size, '50mb', 'Largest request body, after decompression.'),
  poolSize: setting('POOL_SIZE', whole(1, 500), '16', 'Database connections of this process.'),
  statementTimeout: setting('STATEMENT_TIMEOUT', duration, '30s', 'When the database gives up on one statement.'),
  requestTimeout: setting('REQUEST_TIMEOUT', duration, '2min', 'How long a client may take to send a request.'),
  stopTimeout: setting('STOP_TIMEOUT', duration, '10s', 'How long running requests may finish on SIGTERM.'),
  intakeLanes: setting(
    'INTAKE_LANES',
    whole(0, 64),
    '2',
    'Lanes of the intake worked on side by side; 0: this process only takes messages in.',
  ),
  linking: setting(
    'LINKING',
    choice('on', 'off'),
    'on',
    'Link the Patients that are one person; off: other processes on this database do.',
  ),
  mllpPort: setting(
    'MLLP_PORT',
    optional(whole(0, 65_535)),
    '',
    'Takes HL7 v2 messages over MLLP on this port of HOST, and on the ports that facility files name; 0 takes a free one. Unset: none.',
  ),
  mllpTlsCert: setting(
    'MLLP_TLS_CERT',
    text,
    '',
    'Certificate (PEM file) of the MLLP listener, which then speaks TLS.',
  ),
  mllpTlsKey: setting('MLLP_TLS_KEY', text, '', 'Key (PEM file) of that certificate.'),
  mllpTlsCa: setting(
    'MLLP_TLS_CA',
    text,
    '',
    'Senders must show a certificate signed by one of these (PEM file); unset: any may connect.',
  ),
  dropDir: setting(
    'DROP_DIR',
    text,
    '',
    'Watched folder: what is put into DROP_DIR/<facility>/ is taken in. Unset: none.',
  ),
  pullSecrets: setting(
    'PULL_SECRETS',
    text,
    '',
    'Folder of the bearer tokens for the endpoints that are pulled from, a file named by each facility.',
  ),
} as const

export type Config = { readonly [Key in keyof typeof settings]: ReturnType<(typeof settings)[Key]['read']> }

/** Every fault of the environment at once, one sentence each. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The settings cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
  }
}

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = []
  const entries = Object.entries(settings).map(([key, { name, fallback, read, hidden }]) => {
    try {
      return [key, read(givenOf(env, name, hidden) || fallback)]
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`)
      return [key, undefined]
    }
  })
  const config = Object.fromEntries(entries) as Config
  if (faults.length === 0) faults.push(...exposure(config), ...mllpFaults(config))
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

/** Of the environment, and a secret of the file that NAME_FILE names. */
function givenOf(env: Readonly<Record<string, string | undefined>>, name: string, hidden: boolean): string | undefined {
  const given = env[name]?.trim()
  const file = hidden ? env[`${name}_FILE`]?.trim() : undefined
  if (!file) return given
  if (given) throw new Error(`and ${name}_FILE are both set: only one may be.`)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new Error(`cannot be read from the file that ${name}_FILE names.`)
  }
}

/** What must not be reached from a network as it is. */
function exposure(config: Config): string[] {
  const { auth, host, tlsCert, tlsKey, trustProxy, plainHttp, publicUrl } = config
  const faults: string[] = []
  if ((tlsCert === '') !== (tlsKey === '')) faults.push('TLS_CERT and TLS_KEY go together.')
  if (isLoopback(host)) return faults
  if (auth === 'open') {
    return [
      ...faults,
      'AUTH=open lets everyone who can connect read and write everything, so it needs a loopback HOST (127.0.0.1, ::1 or localhost).',
    ]
  }
  const plain = plainHttp === 'on'
  if (tlsCert === '' && trustProxy === undefined && !plain) {
    faults.push(
      'HOST is reached from a network, where tokens and records must be encrypted: set TLS_CERT and TLS_KEY, or TRUST_PROXY to the address of the proxy that speaks HTTPS, or PLAIN_HTTP=on where something else encrypts.',
    )
  }
  if (publicUrl === '' ? tlsCert === '' || isWildcard(host) : publicUrl.startsWith('http:') && !plain)
    faults.push(
      'PUBLIC_URL must say how clients reach this server (https://health.example.in): tokens are made for it.',
    )
  return faults
}

function mllpFaults({ auth, host, mllpPort, mllpTlsCert, mllpTlsKey, mllpTlsCa }: Config): string[] {
  if ((mllpTlsCert === '') !== (mllpTlsKey === '')) return ['MLLP_TLS_CERT and MLLP_TLS_KEY go together.']
  if (mllpTlsCa !== '' && mllpTlsCert === '') return ['MLLP_TLS_CA needs MLLP_TLS_CERT and MLLP_TLS_KEY.']
  if (auth === 'open' || mllpPort === undefined || isLoopback(host) || mllpTlsCa !== '') return []
  return [
    'MLLP_PORT is reached from a network, where senders must show who they are: set MLLP_TLS_CERT, MLLP_TLS_KEY and MLLP_TLS_CA.',
  ]
}

export interface SettingInfo {
  readonly env: string
  readonly value: string
  readonly default: string
  readonly help: string
}

/** The table with the values in force; a secret only says whether it is set. */
export function describeConfig(env: Readonly<Record<string, string | undefined>>): SettingInfo[] {
  return Object.values(settings).map(({ name, fallback, help, hidden }) => {
    const given = env[name]?.trim() || (hidden && env[`${name}_FILE`])
    return { env: name, value: hidden ? (given ? '(set)' : '') : given || fallback, default: fallback, help }
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

interface Setting<T> {
  name: string
  read: (given: string) => T
  fallback: string
  help: string
  hidden: boolean
}

function setting<T>(name: string, read: (given: string) => T, fallback: string, help: string): Setting<T> {
  return { name, read, fallback, help, hidden: false }
}

/** A secret has no default and is never printed. */
function secret<T>(name: string, read: (given: string) => T, help: string): Setting<T | undefined> {
  return { name, read: (given) => (given ? read(given) : undefined), fallback: '', help, hidden: true }
}

function text(given: string): string {
  return given
}

function whole(low: number, high: number) {
  return (given: string): number => {
    const value = Number(given)
    if (!/^\d+$/.test(given) || value < low || value > high)
      throw new Error(`must be a whole number from ${low} to ${high}.`)
    return value
  }
}

function rate(given: string): number {
  return whole(0, 1_000_000)(given)
}

/** Undefined: none. */
function addresses(given: string): BlockList | undefined {
  if (given === '') return undefined
  const list = new BlockList()
  for (const one of paths(given.replace(/\bloopback\b/g, '127.0.0.0/8,::1'))) {
    const [address = '', prefix, more] = one.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const bits = prefix === undefined ? undefined : /^\d{1,3}$/.test(prefix) ? Number(prefix) : 999
    if (isIP(address) === 0 || more !== undefined || (bits ?? 0) > (family === 'ipv6' ? 128 : 32))
      throw new Error('must be addresses or networks, like 10.0.0.5, 10.1.0.0/16 or loopback, separated by commas.')
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, bits, family)
  }
  return list
}

function optional<T>(read: (given: string) => T) {
  return (given: string): T | undefined => (given === '' ? undefined : read(given))
}

function choice<const T extends string>(...allowed: T[]) {
  return (given: string): T => {
    const found = allowed.find((value) => value === given)
    if (found === undefined) throw new Error(`must be one of: ${allowed.filter(Boolean).join(', ')}.`)
    return found
  }
}

function staffRoles(given: string): readonly StaffRole[] {
  return paths(given).map(choice('clerk', 'doctor', 'it', 'officer', 'administrator'))
}

type StaffRole = 'clerk' | 'doctor' | 'it' | 'officer' | 'administrator'

function atLeast(length: number) {
  return (given: string): string => {
    if (given.length < length) throw new Error(`must have at least ${length} characters.`)
    return given
  }
}

function paths(given: string): readonly string[] {
  return given
    .split(',')
    .map((path) => path.trim())
    .filter(Boolean)
}

function origin(given: string): string {
  if (given && !(URL.canParse(given) && /^https?:\/\/[^/]+$/.test(given))) {
    throw new Error('must look like https://health.example.in, without a path or a slash at its end.')
  }
  return given
}

/** The token goes there: never in the clear over a network. */
function gatewayUrl(given: string): string {
  if (given === '') return given
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, ''))))
    return given
  throw new Error('must look like https://sms.example.in/send (http only on a loopback address).')
}

function postgres(given: string): string {
  if (!/^postgres(ql)?:\/\//.test(given) || !URL.canParse(given))
    throw new Error('must look like postgres://user:password@host:5432/name.')
  return given
}

function size(given: string): number {
  const [, digits = '', unit = ''] = /^(\d+)(b|kb|mb|gb)$/.exec(given.toLowerCase()) ?? []
  const value = Number(digits) * 1024 ** ['b', 'kb', 'mb', 'gb'].indexOf(unit)
  if (digits === '' || value < 1024 || value > 512 * 1024 ** 2)
    throw new Error('must be a size from 1kb to 512mb, like 50mb.')
  return value
}

/** → milliseconds */
function duration(given: string): number {
  const [, digits = '', unit = ''] = /^(\d+)(ms|s|min|h)$/.exec(given) ?? []
  const value = Number(digits) * ({ ms: 1, s: 1000, min: 60_000, h: 3_600_000 }[unit] ?? 0)
  if (value < 1 || value > 86_400_000) throw new Error('must be a time like 500ms, 30s, 2min or 1h.')
  return value
}
