import { spawn } from 'node:child_process'
import { chown, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { as, type Account } from './account.ts'
import type { Binaries } from './binaries.ts'

/** The superuser of the embedded server; whoever may open its socket is trusted, and only its folder's owner may. */
export const user = 'parchi'

/** A data directory of this major version: the one that is there, or a new one. Another version's is refused. */
export async function ensureCluster(data: string, binaries: Binaries, account: Account | null): Promise<void> {
  const found = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (found !== null) {
    if (found.trim() !== binaries.major) throw otherMajor(found.trim(), binaries.major, data)
    return
  }
  if (existsSync(data)) throw new Error(`${data} is there, but is not a PostgreSQL data directory: move it away.`)
  await refuseOlder(data, binaries.major)
  await initialise(data, binaries, account)
}

async function refuseOlder(data: string, major: string): Promise<void> {
  const others = (await readdir(dirname(data))).filter((name) => /^pg\d+$/.test(name) && name !== basename(data))
  const other = others.at(0)
  if (other !== undefined) throw otherMajor(other.slice(2), major, join(dirname(data), other))
}

function otherMajor(found: string, major: string, data: string): Error {
  return new Error(
    `${data} was written by PostgreSQL ${found}, this is PostgreSQL ${major}. ` +
      `Move the record over: start PostgreSQL ${found} on it, pg_dump, and restore into a new server named by DATABASE_URL; ` +
      'or set DATA_DIR to another folder to begin with an empty record.',
  )
}

/** Into a temporary folder, then renamed: a data directory is whole or not there. */
async function initialise(data: string, binaries: Binaries, account: Account | null): Promise<void> {
  await removeDrafts(data)
  const draft = await mkdtemp(`${data}.draft.`)
  if (account) await chown(draft, account.uid, account.gid)
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const options = ['-D', draft, '-U', user, '-A', 'trust', '-E', 'UTF8', ...locale]
  await runInitdb(join(binaries.home, 'bin/initdb'), options, account)
  await rename(draft, data)
}

/** Of starts that were killed. Never used again, since a left-over initdb may still be writing into one. */
async function removeDrafts(data: string): Promise<void> {
  const drafts = (await readdir(dirname(data))).filter((name) => name.startsWith(`${basename(data)}.draft.`))
  for (const draft of drafts) await rm(join(dirname(data), draft), { recursive: true, force: true, maxRetries: 3 })
}

async function runInitdb(program: string, options: string[], account: Account | null): Promise<void> {
  const child = spawn(program, options, { ...as(account), cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } })
  let said = ''
  child.stdout.resume()
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`initdb failed: ${said.trim()}`)
}
