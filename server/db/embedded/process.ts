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
