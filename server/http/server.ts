import express, { type NextFunction, type Request, type Response } from 'express'
import { STATUS_CODES, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, BlockList, Socket } from 'node:net'
import { FhirError } from '../errors.ts'
import type { Intake } from '../intake/intake.ts'
import type { House } from '../interactions/house.ts'
import { auditGauges } from './audit-metrics.ts'
import type { Authority } from './authority.ts'
import { bearerOf, isSame } from './bearer.ts'
import { refusalOf } from './failure.ts'
import { fhir } from './fhir.ts'
import { gate } from './gate.ts'
import { livez, metricsPage, readyz, type Readiness } from './health.ts'
import { intakeDoor } from './intake.ts'
import { intakeGauges } from './intake-metrics.ts'
import { landing } from './landing.ts'
import { Limits, type LimitOptions } from './limits.ts'
import { makeMetrics } from './metrics.ts'
import { pageHeaders } from './pages.ts'
import { isLoopback } from './proxy.ts'
import { FHIR_JSON } from './reply.ts'
import { requestIdOf } from './request-id.ts'
import { makeServer, type TlsFiles } from './tls.ts'

export interface DoorOptions extends TlsFiles, LimitOptions {
  readonly host: string
  readonly port: number
  /** `https://health.example.in`; empty: the address listened on. */
  readonly publicUrl: string
  readonly bodyLimit: number
  /** Milliseconds a client may take to send a request. */
  readonly requestTimeout: number
  readonly readiness: Readiness
  /** Who stands at the door of a house at its address (`https://health.example.in`); without it everybody may do everything. */
  readonly authorityOf?: (house: House, origin: string) => Authority | Promise<Authority>
  readonly trustProxy?: BlockList | undefined
  /** Token of the commands that ask this server. */
  readonly operator?: string | undefined
  /** Opens /metrics. */
  readonly metricsToken?: string | undefined
  /** `on`: plain HTTP on a network is nobody's mistake. */
  readonly plainHttp?: 'off' | 'on'
  /** The intake of a house at its address; without it there is nothing under /intake. */
  readonly intakeOf?: (house: House, base: string) => Intake
}

export interface OpenDoor {
  /** That is listened on. */
  readonly port: number
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
  let listener: RequestListener = notYet
  const { server, protocol, renew } = makeServer(
    options,
    {
      requestTimeout: options.requestTimeout,
      headersTimeout: Math.min(20_000, options.requestTimeout),
      connectionsCheckingInterval: Math.min(5000, options.requestTimeout),
      keepAliveTimeout: 65_000,
    },
    (req, res) => listener(req, res),
  )
  await listen(server, options.port, options.host)
  const { port } = server.address() as AddressInfo
  const local = `${protocol}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`
  const origin = options.publicUrl || local
  const house = typeof given === 'function' ? given(`${origin}/fhir`) : given
  const intake = options.intakeOf?.(house, `${origin}/fhir`)
  const metrics = makeMetrics(house.db, [auditGauges(house.journal), ...(intake ? [intakeGauges(intake)] : [])])
  const authority = await options.authorityOf?.(house, origin)
  const limits = new Limits(authority ? options : {})

  app.enable('case sensitive routing')
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.use(
    '/fhir',
    fhir({
      house,
      base: `${origin}/fhir`,
      authority,
      bodyLimit: options.bodyLimit,
      metrics,
      readiness: options.readiness,
      limits,
    }),
  )
  app.use('/oauth', pageHeaders)
  if (authority) app.use('/oauth', authority.listener)
  if (intake) {
    const who = whoAt(authority, options.operator)
    app.use('/intake', intakeDoor({ intake, origin, metrics, readiness: options.readiness, limits, who }))
  }
  app.get('/livez', livez)
  app.get('/readyz', readyz(house, options.readiness))
  app.get('/metrics', metricsPage(metrics, { ...options, authority }))
  app.get('/', pageHeaders, landing)
  app.use((_req, res) => void res.status(404).type('text/plain').send('There is nothing here. FHIR is under /fhir.\n'))
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const { status, message } = refusalOf(error, { requestId: requestIdOf(req) }, house.log)
    if (res.headersSent) res.destroy()
    else res.status(status).type('text/plain').send(`${message}\n`)
  })

  server.on('clientError', refuseNonsense)
  const secureOnly = !isLocal(options.host) && options.plainHttp !== 'on'
  const { trustProxy } = options
  listener = gate(
    { origin, limits, secureOnly, log: house.log, ...(authority && { authority }), ...(trustProxy && { trustProxy }) },
    app,
  )
  const forget = renew(house.log)
  return {
    origin,
    port,
    close: (patience) => {
      forget()
      return close(server, patience)
    },
  }
}

/** At the intake also the commands of this machine, by a token that only its own account can read. */
function whoAt(authority: Authority | undefined, operator: string | undefined): Authority['who'] {
  if (!authority) return async () => ({ kind: 'open' })
  return async (req) =>
    operator !== undefined && isSame(bearerOf(req), operator)
      ? { kind: 'system', name: 'operator' }
      : authority.who(req)
}

function isLocal(host: string): boolean {
  return host === 'localhost' || isLoopback(host)
}

/** Between listening and being furnished, some milliseconds. */
function notYet(_req: unknown, res: ServerResponse): void {
  const body = JSON.stringify(new FhirError('unavailable', 'The server is starting.').outcome())
  res.writeHead(503, { 'content-type': FHIR_JSON, 'retry-after': '1' }).end(body)
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
  // A handshake that failed leaves nobody to read an answer.
  const unread =
    'encrypted' in socket && error.code?.startsWith('HPE_') !== true && error.code !== 'ERR_HTTP_REQUEST_TIMEOUT'
  if (!socket.writable || error.code === 'ECONNRESET' || unread) {
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
