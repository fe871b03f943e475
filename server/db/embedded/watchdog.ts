import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/**
 * Stops the postmaster when this process ends, however it ends: the pipe closes with it, `read` returns, and the pid is
 * signalled if the data directory still names it. A shell, because a second Node would cost 40 MB.
 */
const script = `
  trap '' INT TERM HUP
  read -r _
  read -r pid < "$2/postmaster.pid" && [ "$pid" = "$1" ] && kill -INT "$1"`

/** Returns how to dismiss it. */
export function watch(pid: number, data: string): () => void {
  const child = spawn('/bin/sh', ['-c', script, 'parchi-watchdog', String(pid), data], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  const pipe = child.stdin as Writable & { unref?: () => void }
  pipe.on('error', () => undefined)
  pipe.unref?.()
  return () => child.kill('SIGKILL')
}
