import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { framed, frames } from '../../../server/intake/ways/frames.ts'

export interface MllpJob {
  readonly port: number
  /** For each connection its messages; each is sent when the one before is acknowledged. */
  readonly messages: readonly (readonly string[])[]
}

export interface MllpScore {
  /** From the first byte to the last acknowledgement. */
  readonly seconds: number
  /** Acknowledgements that were not CA. */
  readonly refused: number
}

/** Sends from a process of its own. */
export async function sendMllp(job: MllpJob): Promise<MllpScore> {
  const child = fork(new URL(import.meta.url), { execArgv: ['--import', 'tsx'] })
  try {
    child.send(job)
    const [score] = (await once(child, 'message')) as [MllpScore]
    return score
  } finally {
    child.kill()
  }
}

async function send({ port, messages }: MllpJob): Promise<MllpScore> {
  const before = performance.now()
  const refused = await Promise.all(messages.map((own) => converse(port, own)))
  return { seconds: (performance.now() - before) / 1000, refused: refused.reduce((sum, one) => sum + one, 0) }
}

function converse(port: number, messages: readonly string[]): Promise<number> {
  const reader = frames(1e6)
  return new Promise((resolve, reject) => {
    let [at, refused] = [0, 0]
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const next = () => {
      const message = messages[at++]
      if (message !== undefined) return socket.write(framed(message))
      socket.destroy()
      resolve(refused)
    }
    socket.on('connect', next)
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      for (const answer of reader.push(chunk)) {
        if (!answer.includes('\rMSA|CA|')) refused++
        next()
      }
    })
  })
}

/** As the child. */
if (process.send && process.argv[1] === new URL(import.meta.url).pathname) {
  process.once('disconnect', () => process.exit())
  process.once('message', (job: MllpJob) => void send(job).then((score) => process.send?.(score)))
}
