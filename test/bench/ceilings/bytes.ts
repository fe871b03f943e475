import { fork } from 'node:child_process'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Ceiling {
  readonly origin: string
  stop(): void
}

export type Kind = 'express' | 'http'

/** A process that answers the given paths with the given bytes from memory: the most this machine can do. */
export async function serveBytes(
  kind: Kind,
  pages: readonly (readonly [path: string, body: string])[],
): Promise<Ceiling> {
  const child = fork(new URL(`./${kind}.ts`, import.meta.url), { execArgv: ['--import', 'tsx'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number))
    child.once('exit', (code) => reject(new Error(`The ceiling ended with ${code}.`)))
    child.send(pages)
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () => {
      child.removeAllListeners('exit')
      child.kill()
    },
  }
}

/** What both ceilings do: wait for the pages, listen on a free port, tell it. */
export function whenGiven(open: (pages: ReadonlyMap<string, Buffer>) => Server): void {
  process.once('disconnect', () => process.exit())
  process.once('message', (pages: [string, string][]) => {
    const server = open(new Map(pages.map(([path, body]) => [path, Buffer.from(body)])))
    server.once('listening', () => process.send?.((server.address() as AddressInfo).port))
  })
}
