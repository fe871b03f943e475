import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls'
import type { Log } from '../../log.ts'
import { framed, frames, FrameTooLong } from './frames.ts'

export interface MllpOptions {
  readonly host: string
  /** Ports to listen on; 0 takes a free one. */
  readonly ports: readonly number[]
  /** Bytes a message may have. */
  readonly limit: number
  /** Milliseconds of silence after which a connection is closed. */
  readonly idle: number
  readonly connections: number
  /** Certificate and key (PEM); with `ca`, senders must show a certificate signed by it. */
  readonly tls?: Pick<TlsOptions, 'cert' | 'key' | 'ca'>
}

/** What a message is answered; nothing where its sender wants nothing. */
export interface Reply {
  readonly now?: string
  /** Sent when it is there, be it after the answers to later messages. */
  readonly later?: Promise<string | undefined>
}

export interface Sending {
  readonly port: number
  /** Subject and alternative names of the sender's certificate, in small letters; undefined where none is asked for. */
  readonly names: ReadonlySet<string> | undefined
}

export interface Answers {
  /** Resolves when the message is committed. */
  message(bytes: Buffer, from: Sending): Promise<Reply>
  /** To a message longer than the limit, of which this is the beginning; the connection ends with it. */
  tooLong(head: Buffer): string
}

export interface Listener {
  readonly ports: readonly number[]
  /** Takes nothing new; messages that have arrived whole are still answered, for at most so many milliseconds. */
  close(patience: number): Promise<void>
}

/** The MLLP listener: bytes to messages and acknowledgements back. What they mean is the business of `answers`. */
export async function listen(options: MllpOptions, answers: Answers, log: Log): Promise<Listener> {
  const open = new Set<Conversation>()
  const servers = await Promise.all(
    options.ports.map(async (port) => {
      const server = serverOf(options, (socket) => {
        const conversation = converse(socket, portOf(server), { options, answers, log })
        open.add(conversation)
        socket.once('close', () => open.delete(conversation))
      })
      server.maxConnections = options.connections
      await listening(server, port, options.host)
      return server
    }),
  )
  return {
    ports: servers.map(portOf),
    async close(patience) {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      const timer = setTimeout(() => open.forEach((one) => one.socket.destroy()), patience)
      await Promise.all([...open].map((one) => one.end()))
      await Promise.all(closed)
      clearTimeout(timer)
    },
  }
}

interface Conversation {
  readonly socket: Socket
  end(): Promise<void>
}

interface Setting {
  readonly options: MllpOptions
  readonly answers: Answers
  readonly log: Log
}

/**
 * One connection. Messages are answered one after the other, in the order they came, because a sender may rely on it;
 * while one is being committed nothing more is read, so a fast sender waits instead of filling our memory.
 */
function converse(socket: Socket, port: number, { options, answers, log }: Setting): Conversation {
  const reader = frames(options.limit)
  const from = { port, names: namesOf(socket) }
  let work = Promise.resolve()
  const serve = async (messages: readonly Buffer[]): Promise<void> => {
    for (const message of messages) {
      const { now, later } = await answers.message(message, from)
      say(now)
      later?.then(say, give)
    }
  }
  const say = (reply: string | undefined): void => {
    if (reply !== undefined && socket.writable) socket.write(framed(reply))
  }
  const give = (error: unknown): void => {
    log.warn({ port, error: error instanceof Error ? error.name : typeof error }, 'an MLLP connection was broken off')
    socket.destroy()
  }
  socket.setTimeout(options.idle, () => socket.destroy())
  // A connection reset by its sender is no news; what it sent whole is committed all the same.
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    let messages: Buffer[]
    try {
      messages = reader.push(chunk)
    } catch (error) {
      if (!(error instanceof FrameTooLong)) throw error
      log.warn({ port, limit: options.limit }, 'an MLLP message is too long')
      // Where the next one begins nobody can tell.
      socket.removeAllListeners('data').resume()
      void work.then(() => socket.end(framed(answers.tooLong(error.head))))
      return
    }
    if (messages.length === 0) return
    socket.pause()
    work = work
      .then(() => serve(messages))
      .catch(give)
      .finally(() => socket.resume())
  })
  return {
    socket,
    async end() {
      socket.pause()
      await work
      socket.end()
    },
  }
}

/** Of a certificate that was checked: of others a TLS server tells nothing. */
function namesOf(socket: Socket): ReadonlySet<string> | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { subject, subjectaltname = '' } = socket.getPeerCertificate()
  const alternative = [...subjectaltname.matchAll(/(?:DNS|URI):([^,\s"]+)/g)].map(([, name = '']) => name)
  const { CN, O, OU } = subject as { CN?: string | string[]; O?: string | string[]; OU?: string | string[] }
  return new Set([CN, O, OU, alternative].flatMap((name) => name ?? []).map((name) => name.toLowerCase()))
}

function serverOf({ tls }: MllpOptions, connected: (socket: Socket) => void): Server {
  if (!tls) return createServer({ noDelay: true }, connected)
  const mutual = tls.ca !== undefined
  return createTlsServer(
    { ...tls, noDelay: true, minVersion: 'TLSv1.2', requestCert: mutual, rejectUnauthorized: mutual },
    connected,
  )
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
