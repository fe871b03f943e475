import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Log } from '../log.ts'

export interface TlsFiles {
  /** PEM files; empty: plain HTTP. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** Milliseconds between two looks at the files. */
  readonly tlsEvery?: number
}

export interface Listening {
  readonly server: Server
  readonly protocol: 'http' | 'https'
  /** Looks after the certificate until what it answers is called. */
  readonly renew: (log: Log) => () => void
}

/** HTTP, or HTTPS where there is a certificate; that is read again when its files change and on SIGHUP. */
export function makeServer(files: TlsFiles, options: ServerOptions, listener: RequestListener): Listening {
  const { tlsCert = '', tlsKey = '', tlsEvery = 10_000 } = files
  if (tlsCert === '') return { server: createServer(options, listener), protocol: 'http', renew: () => () => undefined }
  const server = createSecureServer(
    { ...options, ...contextOf(tlsCert, tlsKey), ALPNProtocols: ['http/1.1'], handshakeTimeout: 10_000 },
    listener,
  )
  const again = (log: Log) => (): void => {
    try {
      const context = contextOf(tlsCert, tlsKey)
      // A certificate and a key that do not belong together throw here, and the old ones stay.
      createSecureContext(context)
      server.setSecureContext(context)
      log.info('the TLS certificate was read again')
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      log.error({ code }, 'the TLS certificate cannot be read again; the one before stays in use')
    }
  }
  return { server, protocol: 'https', renew: (log) => watch([tlsCert, tlsKey], tlsEvery, again(log)) }
}

/** Looked at by time and size: what is renamed or linked into place, as certbot and Kubernetes do, is seen too. */
function watch(files: readonly string[], interval: number, changed: () => void): () => void {
  for (const file of files) watchFile(file, { interval, persistent: false }, changed)
  process.on('SIGHUP', changed)
  return () => {
    for (const file of files) unwatchFile(file, changed)
    process.off('SIGHUP', changed)
  }
}

/** TLS 1.2 with forward secrecy and authenticated encryption only, or 1.3. */
function contextOf(cert: string, key: string): SecureContextOptions {
  return {
    cert: readFileSync(cert),
    key: readFileSync(key),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
  }
}

const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')
