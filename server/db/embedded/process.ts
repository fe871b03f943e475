import { readFileSync } from 'node:fs'

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When the process began, in the kernel's ticks; without /proc only whether it lives. */
export function began(pid: number): string {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
    return afterName.split(' ')[19] ?? 'alive'
  } catch {
    return process.platform !== 'linux' && isAlive(pid) ? 'alive' : 'dead'
  }
}

/** Does any process still use that System V shared memory segment? Without /proc nobody can tell: then no. */
export function isAttached(segment: string | undefined): boolean {
  try {
    const rows = readFileSync('/proc/sysvipc/shm', 'utf8').split('\n')
    const row = rows.map((line) => line.trim().split(/\s+/)).find(([, id]) => id === segment)
    return Number(row?.[6] ?? 0) > 0
  } catch {
    return false
  }
}

/**
 * Is that process a server of the data directory, and not whoever got its pid later? Its command line tells: reading its
 * working directory would need a capability that containers do not give. Without /proc the pid is believed.
 */
export function serves(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false
  if (process.platform !== 'linux') return true
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}
