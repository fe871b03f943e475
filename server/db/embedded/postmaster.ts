import { spawn, type ChildProcess } from 'node:child_process'
import { chown, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { as, type Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { isAlive, worksIn } from './process.ts'
import { settings } from './settings.ts'

export const port = 5432

/** What a running postmaster writes about itself into its data directory. */
export interface Running {
  pid: number
  socketDir: string
  ready: boolean
}

/** The postmaster at work on that data directory, if there is one. A file left behind by a dead one does not count. */
export async function findPostmaster(data: string): Promise<Running | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !worksIn(pid, data)) return null
  return { pid, socketDir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
}

export interface Place {
  data: string
  socketDir: string
  binaries: Binaries
  account: Account | null
}

/** Starts and waits until connections are taken. Waits for the last backends of a killed postmaster to go. */
export async function startPostmaster(place: Place): Promise<ChildProcess> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const child = await spawnPostmaster(place)
    if (await becomesReady(child, place.data, deadline)) return child
    const log = await readFile(join(place.data, 'server.log'), 'utf8').catch(() => '')
    const passing = /shared memory block .* is still in use|is shutting down/.test(log)
    if (!passing || Date.now() > deadline) throw new Error(`PostgreSQL did not start: ${log.trim().slice(-1000)}`)
    await sleep(100)
  }
}

/** In its own session, so that Ctrl-C reaches only this process, which then stops the postmaster in order. */
async function spawnPostmaster({ data, socketDir, binaries, account }: Place): Promise<ChildProcess> {
  const all = Object.entries({ ...settings, unix_socket_directories: socketDir, port: String(port) })
  const options = all.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(join(data, 'server.log'), 'w', 0o600)
  if (account) await chown(join(data, 'server.log'), account.uid, account.gid)
  await removeForeignPid(data)
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

/** PostgreSQL refuses to start while its old pid belongs to anybody; after a reboot that is often somebody else. */
async function removeForeignPid(data: string): Promise<void> {
  if ((await findPostmaster(data)) === null) {
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
    if (pid > 0 && isAlive(pid)) await rm(join(data, 'postmaster.pid'), { force: true })
  }
}

async function becomesReady(child: ChildProcess, data: string, deadline: number): Promise<boolean> {
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return false
    const running = await findPostmaster(data)
    if (running?.pid === child.pid && running?.ready) return true
    await sleep(5)
  }
  child.kill('SIGQUIT')
  return false
}

/** Fast shutdown: open transactions are rolled back, committed ones are on disk. Immediate after half a minute. */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  const deadline = Date.now() + 30_000
  signal(pid, 'SIGINT')
  for (let urgent = false; worksIn(pid, data); await sleep(5)) {
    if (!urgent && Date.now() > deadline) urgent = signal(pid, 'SIGQUIT')
  }
}

function signal(pid: number, name: NodeJS.Signals): true {
  try {
    process.kill(pid, name)
  } catch {
    // It went by itself.
  }
  return true
}
