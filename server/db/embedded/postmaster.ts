import { spawn, type ChildProcess } from 'node:child_process'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { as, type Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { isAlive, isAttached, serves } from './process.ts'
import { settings } from './settings.ts'

export const port = 5432

/** Where a server's files are, and whose. */
export interface Place {
  data: string
  socketDir: string
  binaries: Binaries
  account: Account | null
}

/** What a running postmaster writes about itself into its data directory. */
export interface Running {
  pid: number
  socketDir: string
  ready: boolean
}

/** The postmaster at work on that data directory, if there is one. A file left behind by a dead one does not count. */
export async function findPostmaster(data: string): Promise<Running | null> {
  const lines = await pidFile(data)
  const pid = Number(lines[0])
  if (!(pid > 0) || !serves(pid, data)) return null
  return { pid, socketDir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
}

async function pidFile(data: string): Promise<string[]> {
  return (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
}

/** Starts a postmaster and waits until it takes connections; null when an earlier one is not quite gone yet. */
export async function startPostmaster(place: Place): Promise<ChildProcess | null> {
  await removeForeignPid(place)
  const child = await spawnPostmaster(place)
  if (await becomesReady(child, place.data)) return child
  const log = await readFile(join(place.data, 'server.log'), 'utf8').catch(() => '')
  if (/still in use|already exists|already in use/.test(log)) return null
  throw new Error(`PostgreSQL did not start: ${log.trim().slice(-1000)}`)
}

/** In its own session, so that Ctrl-C reaches only this process, which then stops the postmaster in order. */
async function spawnPostmaster({ data, socketDir, binaries, account }: Place): Promise<ChildProcess> {
  const all = Object.entries({ ...settings, unix_socket_directories: socketDir, port: String(port) })
  const options = all.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(join(data, 'server.log'), 'w', 0o600)
  if (account) await log.chown(account.uid, account.gid)
  const child = spawn(join(binaries.home, 'bin/postgres'), ['-D', data, ...options], {
    ...as(account),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  try {
    await new Promise((resolve, reject) => child.once('error', reject).once('spawn', resolve))
  } finally {
    await log.close()
  }
  return child
}

/**
 * PostgreSQL does not start while a pid in its files belongs to anybody: after a reboot often somebody else, in a
 * container perhaps a zombie. postmaster.pid also guards against backends that outlived their postmaster, so those are awaited.
 */
async function removeForeignPid({ data, socketDir }: Place): Promise<void> {
  const segment = (await pidFile(data))[6]?.trim().split(/\s+/)[1]
  if (isAttached(segment)) return
  for (const file of [join(data, 'postmaster.pid'), join(socketDir, `.s.PGSQL.${port}.lock`)]) {
    const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
    if (pid > 0 && isAlive(pid) && !serves(pid, data)) await rm(file, { force: true })
  }
}

async function becomesReady(child: ChildProcess, data: string): Promise<boolean> {
  // Recovery after a crash reads the log since the last checkpoint: minutes at worst, never forever.
  const deadline = Date.now() + 10 * 60_000
  for (; Date.now() < deadline; await sleep(5)) {
    if (child.exitCode !== null || child.signalCode !== null) return false
    const running = await findPostmaster(data)
    if (running?.pid === child.pid && running?.ready) return true
  }
  child.kill('SIGQUIT')
  return false
}

/** Fast shutdown: open transactions are rolled back, committed ones are on disk. Immediate after half a minute. */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  const deadline = Date.now() + 30_000
  signal(pid, 'SIGINT')
  for (let urgent = false; serves(pid, data); await sleep(5)) {
    if (!urgent && Date.now() > deadline) urgent = signal(pid, 'SIGQUIT')
  }
}

/** A postmaster that went by itself meanwhile is as good as stopped. */
function signal(pid: number, name: NodeJS.Signals): true {
  if (isAlive(pid)) process.kill(pid, name)
  return true
}
