import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { framed, frames } from '../../../server/intake/ways/frames.ts'

/** A hospital's interface: what it sends over one connection, and the answers as they come. */
export class Sender {
  readonly answers: string[] = []
  readonly #reader = frames(1e6)
  #told = () => {}

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.answers.push(...this.#reader.push(chunk).map(String))
      this.#told()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => this.#told())
  }

  static async to(port: number): Promise<Sender> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Sender(socket)
  }

  /** Sends, and gives the next answer: its code, its text and all of it. */
  async ask(message: string): Promise<Answered> {
    const before = this.answers.length
    this.socket.write(framed(message))
    return answered((await this.until(before + 1))[before] ?? '')
  }

  /** When there are so many answers, or the connection was closed. */
  async until(count: number): Promise<readonly string[]> {
    while (this.answers.length < count && !this.socket.closed) {
      await new Promise<void>((resolve) => (this.#told = resolve))
    }
    return this.answers
  }
}

export interface Answered {
  /** MSA-1, MSA-2 and ERR-8. */
  readonly code: string
  readonly control: string
  readonly text: string
}

export function answered(message: string): Answered {
  const segment = (name: string) => (message.split('\r').find((line) => line.startsWith(name)) ?? '').split('|')
  const [, code = '', control = ''] = segment('MSA')
  return { code, control, text: segment('ERR')[8] ?? '' }
}
