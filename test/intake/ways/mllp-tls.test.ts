import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { temporaryFolder } from '../../harness.ts'
import { intakeServer, type IntakeServer } from '../server.ts'
import { adt, catalogOf, his } from './hospitals.ts'
import { Sender } from './sender.ts'

describe('HL7 over MLLP with TLS', () => {
  let server: IntakeServer
  let folder: string
  const file = (name: string) => join(folder, name)
  const port = () => server.running.ways.mllp[0] ?? 0

  before(async function () {
    folder = await temporaryFolder()
    if (!makeCertificates(folder)) this.skip()
    server = await intakeServer([], {
      catalog: catalogOf({ rose: his('HIS', 'ROSE') }),
      env: {
        MLLP_PORT: '0',
        MLLP_TLS_CERT: file('server.pem'),
        MLLP_TLS_KEY: file('server.key'),
        MLLP_TLS_CA: file('ca.pem'),
      },
    })
  })
  after(() => server?.stop())

  it('takes messages of senders whose certificate it knows', async () => {
    const socket = connect({
      port: port(),
      host: '127.0.0.1',
      servername: 'localhost',
      ca: readFileSync(file('ca.pem')),
      cert: readFileSync(file('sender.pem')),
      key: readFileSync(file('sender.key')),
    })
    await once(socket, 'secureConnect')
    expect(await new Sender(socket).ask(adt('T1'))).to.include({ code: 'AA', control: 'T1' })
    socket.destroy()
  })

  it('closes on those without one, and on those who do not speak TLS', async () => {
    const stranger = new Sender(connect({ port: port(), host: '127.0.0.1', rejectUnauthorized: false }))
    stranger.socket.write('\u000bMSH|^~\\&|HIS|ROSE\u001c\r')
    expect(await stranger.until(1)).to.deep.equal([])
    const plain = await Sender.to(port())
    expect(await plain.ask(adt('T2'))).to.include({ code: '' })
  })
})

/** An authority, and a certificate of it for the server and for a sender; false where there is no openssl. */
function makeCertificates(folder: string): boolean {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  try {
    openssl('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority')
    for (const [name, subject] of [
      ['server', '/CN=localhost'],
      ['sender', '/CN=HIS of Rose'],
    ] as const) {
      openssl('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
      openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by)
    }
    return true
  } catch {
    return false
  }
}
