import express, { type NextFunction, type Request, type Response } from 'express'
import { createServer, STATUS_CODES, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { FhirError } from '../errors.ts'
import type { Intake } from '../intake/intake.ts'
import type { House } from '../interactions/house.ts'
import { refusalOf } from './failure.ts'
import { fhir } from './fhir.ts'
import { livez, metricsPage, readyz, type Readiness } from './health.ts'
import { intakeDoor } from './intake.ts'
import { intakeGauges } from './intake-metrics.ts'
import { landing } from './landing.ts'
import { makeMetrics } from './metrics.ts'

export interface DoorOptions {
  readonly host: string
  readonly port: number
  /** `https://health.example.in`; empty: the address listened on. */
  readonly publicUrl: string
  readonly bodyLimit: number
  /** Milliseconds a client may take to send a request. */
  readonly requestTimeout: number
  readonly readiness: Readiness
  /** The intake of a house at its address; without it there is nothing under /intake. */
  readonly intakeOf?: (house: House, base: string) => Intake
}

export interface OpenDoor {
  /** `http://127.0.0.1:8080` */
  readonly origin: string
  /** Takes no new requests, lets the running ones finish for at most so many milliseconds, then breaks them off. */
  close(patience: number): Promise<void>
}

/** The house behind the door, when it wants to know its address, which a free port leaves open until somebody listens. */
export type HouseAt = (base: string) => House

/** The one place that knows Express. FHIR comes first and is routed by our own table, so nothing slows it down. */
export async function openDoor(given: House | HouseAt, options: DoorOptions): Promise<OpenDoor> {
  const app = express()
  const server = createServer(
    {
      requestTimeout: options.requestTimeout,
      headersTimeout: Math.min(20_000, options.requestTimeout),
      keepAliveTimeout: 65_000,
    },
    app,
  )
  await listen(server, options.port, options.host)
  const local = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${(server.address() as AddressInfo).port}`
  const origin = options.publicUrl || local
  const house = typeof given === 'function' ? given(`${origin}/fhir`) : given
  const intake = options.intakeOf?.(house, `${origin}/fhir`)
  const metrics = makeMetrics(house.db, intake && intakeGauges(intake))

  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.use(
    '/fhir',
    fhir({ house, base: `${origin}/fhir`, bodyLimit: options.bodyLimit, metrics, readiness: options.readiness }),
  )
  if (intake) app.use('/intake', intakeDoor({ intake, origin, metrics, readiness: options.readiness }))
  app.get('/livez', livez)
  app.get('/readyz', readyz(house, options.readiness))
  app.get('/metrics', metricsPage(metrics))
  app.get('/', landing)
  app.use((_req, res) => void res.status(404).type('text/plain').send('There is nothing here. FHIR is under /fhir.\n'))
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    refusalOf(error, { requestId: 'none' }, house.log)
    res.destroy()
  })

  server.on('clientError', refuseNonsense)
  return { origin, close: (patience) => close(server, patience) }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function close(server: Server, patience: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // Connections that are kept alive become idle one by one, as their last answer goes out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const timer = setTimeout(() => server.closeAllConnections(), patience)
  await closed
  clearInterval(sweep)
  clearTimeout(timer)
}

/** What Node could not read as HTTP still gets an OperationOutcome. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, refusal] = nonsense[error.code ?? ''] ?? [
    400,
    new FhirError('invalid', 'This is not a request HTTP/1.1 knows.'),
  ]
  const body = JSON.stringify(refusal.outcome())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/fhir+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const nonsense: Record<string, readonly [number, FhirError]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    new FhirError('too-large', 'The address and the headers have more than 16 KB: search by POST instead.'),
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, new FhirError('invalid', 'The request took too long to arrive.')],
}
