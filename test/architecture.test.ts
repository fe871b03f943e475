import { expect } from 'chai'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** The floor plan (design): a file imports from lower floors or from its own room; never from above, never from a neighbour. */
const floors: Record<string, number> = {
  'app.ts': 8,
  'routes.ts': 8,
  'main.ts': 8,
  'cli.ts': 8,
  'record.ts': 8,
  'knowledge.ts': 8,
  'demo.ts': 8,
  cli: 8,
  http: 7,
  portal: 7,
  oauth: 7,
  operations: 6,
  intake: 5,
  patients: 5,
  appointments: 5,
  bulk: 5,
  subscriptions: 5,
  reports: 5,
  people: 5,
  interactions: 4,
  terminology: 3,
  profiles: 3,
  access: 3,
  store: 2,
  jobs: 2,
  db: 1,
  fhir: 1,
  'errors.ts': 0,
  'config.ts': 0,
  'context.ts': 0,
  'log.ts': 0,
}

const TOP = 8
const server = join(root, 'server')
const sources = files(server)
const everything = [...sources, ...['mappers', 'fixtures', 'test'].flatMap((folder) => files(join(root, folder)))]

describe('architecture', () => {
  it('gives every folder and file of the server a floor', () => {
    const rooms = new Set(sources.map(roomOf))
    expect([...rooms].filter((room) => floors[room] === undefined)).to.deep.equal([])
  })

  it('lets imports go down only, and never between neighbours of one floor', () => {
    const wrong = sources.flatMap((file) =>
      imports(file)
        .filter((target) => target.startsWith(server) && !mayImport(roomOf(file), roomOf(target)))
        .map((target) => `${name(file)} imports ${name(target)}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('keeps mappers and fixtures out of the server, but for its lowest floors', () => {
    const wrong = everything
      .filter((file) => /^(mappers|fixtures)\//.test(name(file)))
      .flatMap((file) => imports(file).map((target) => ({ file, target })))
      .filter(({ target }) => target.startsWith(server) && (floors[roomOf(target)] ?? TOP) > 1)
    expect(wrong.map(({ file, target }) => `${name(file)} imports ${name(target)}`)).to.deep.equal([])
  })

  it('lets only the door and the portal know Express', () => {
    const knowing = sources.filter((file) => /from 'express'/.test(readFileSync(file, 'utf8'))).map(roomOf)
    expect(knowing.filter((room) => room !== 'http' && room !== 'portal')).to.deep.equal([])
  })

  it('lets only the settings table read the environment', () => {
    const allowed = new Set(['config.ts', 'main.ts', 'cli.ts'])
    const reading = sources.filter((file) => /process\.env\b/.test(readFileSync(file, 'utf8')))
    // PG_OS_USER and the like are the launcher's own business: it must work before there are settings.
    expect(reading.map(roomOf).filter((room) => !allowed.has(room) && room !== 'db')).to.deep.equal([])
  })

  it('keeps files small: none above 300 lines without its reason in the first lines', () => {
    const sizes = everything.map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length }))
    const long = sizes.filter(({ file, lines }) => lines > 300 && !/\blong\b|\blines\b/i.test(head(file)))
    const sorted = sizes
      .filter(({ file }) => file.startsWith(server))
      .map(({ lines }) => lines)
      .sort((a, b) => a - b)
    const median = sorted[sorted.length >> 1] ?? 0
    console.log(`      ${sorted.length} files in server, median ${median} lines, longest ${sorted.at(-1) ?? 0}`)
    expect(long.map(({ file, lines }) => `${name(file)}: ${lines} lines`)).to.deep.equal([])
    expect(median).to.be.below(100)
  })

  it('has no way around the type checker, and around the linter only with a reason on the line', () => {
    // Written in pieces, so that this file does not find itself.
    const ways = new RegExp(['@ts-' + 'ignore', '@ts-' + 'nocheck', 'lint-' + 'disable(?!.* -- .)'].join('|'))
    expect(everything.filter((file) => ways.test(readFileSync(file, 'utf8'))).map(name)).to.deep.equal([])
  })
})

function mayImport(from: string, to: string): boolean {
  const [above, below] = [floors[from] ?? 0, floors[to] ?? TOP]
  return from === to || above > below || (above === below && (above === TOP || above === 0))
}

function roomOf(file: string): string {
  return relative(server, file).split('/')[0] ?? ''
}

function name(file: string): string {
  return relative(root, file)
}

function head(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(0, 12).join('\n')
}

/** Absolute paths of the relative imports of a file, `import('…')` too. */
function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)
  return [...found].map(([, target = '']) => resolve(dirname(file), target))
}

function files(folder: string): string[] {
  return readdirSync(folder)
    .map((entry) => join(folder, entry))
    .flatMap((path) => (statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(path) ? [path] : []))
}
