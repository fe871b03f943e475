/**
 * Every setting, as one table: environment variable, how it is read, its default, and what it is for.
 * Nothing else reads process.env. `npm run -s parchi -- config` prints it.
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
    choice('open'),
    'open',
    'open: whoever can connect may do everything, so only on a loopback HOST.',
  ),
  pageSecret: secret(
    'PAGE_SECRET',
    atLeast(16),
    'Signs page links. Unset: a random one, kept in the database for all processes.',
  ),
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
  const entries = Object.entries(settings).map(([key, { name, fallback, read }]) => {
    try {
      return [key, read(env[name]?.trim() || fallback)]
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`)
      return [key, undefined]
    }
  })
  const config = Object.fromEntries(entries) as Config
  if (faults.length === 0 && config.auth === 'open' && !isLoopback(config.host)) {
    faults.push(
      'AUTH=open lets everyone who can connect read and write everything, so it needs a loopback HOST (127.0.0.1, ::1 or localhost).',
    )
  }
  if (faults.length === 0) faults.push(...mllpFaults(config))
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

function mllpFaults({ mllpTlsCert, mllpTlsKey, mllpTlsCa }: Config): string[] {
  if ((mllpTlsCert === '') !== (mllpTlsKey === '')) return ['MLLP_TLS_CERT and MLLP_TLS_KEY go together.']
  return mllpTlsCa !== '' && mllpTlsCert === '' ? ['MLLP_TLS_CA needs MLLP_TLS_CERT and MLLP_TLS_KEY.'] : []
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
    const given = env[name]?.trim()
    return { env: name, value: hidden ? (given ? '(set)' : '') : given || fallback, default: fallback, help }
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
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
