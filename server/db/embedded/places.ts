import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canReach, type Account } from './account.ts'

/** The folder for the server's data: `dataDir`, or one that its account can enter, which is then said. */
export async function homeFor(
  dataDir: string,
  account: Account | null,
  say: (message: string) => void,
): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  // The same folder must have one name only: by it a running server is recognised.
  if (await canReach(account, '-x', dataDir)) return realpath(dataDir)
  const other = join('/var/lib/parchi', hash(dataDir))
  await mkdir(other, { recursive: true, mode: 0o755 })
  if (!(await canReach(account, '-x', other)))
    throw new Error(`The account ${account?.name ?? ''} can enter neither ${dataDir} nor ${other}: set DATA_DIR.`)
  say(`The account ${account?.name ?? ''} of PostgreSQL cannot enter ${dataDir}: the record is kept in ${other}.`)
  return other
}

/** A socket's address holds about 100 bytes: a data directory with a long path gets a private folder elsewhere. */
export async function socketDirFor(data: string, account: Account | null): Promise<string> {
  if (Buffer.byteLength(join(data, '.s.PGSQL.5432')) < 100) return data
  const folder = join(tmpdir().length < 50 ? tmpdir() : '/tmp', `parchi-${hash(data)}`)
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const uid = account?.uid ?? process.getuid?.()
  const before = await lstat(folder)
  if (account && before.uid === process.getuid?.()) await chown(folder, account.uid, account.gid)
  const stat = await lstat(folder)
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0)
    throw new Error(`${folder} belongs to somebody else: remove it, or set DATA_DIR to a shorter path.`)
  return folder
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
