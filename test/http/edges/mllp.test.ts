import { expect } from 'chai'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { temporaryFolder } from '../../harness.ts'
import { intakeServer, type IntakeServer } from '../../intake/server.ts'
import { adt, catalogOf, his } from '../../intake/ways/hospitals.ts'
import { Sender } from '../../intake/ways/sender.ts'
import { makeCertificates } from './certificates.ts'

/** Of catalogOf: the first facility is IN2299000010, the second IN2299000011. */
const certificates = {
  server: '/CN=localhost',
  rose: '/O=Rose Hospital/CN=rose',
  hfr: '/O=Rose Hospital/OU=IN2299000010/CN=interface engine',
  lotus: '/O=Lotus/CN=lotus',
  group: '/O=Two hospitals/OU=rose/OU=LOTUS/CN=engine',
  vague: '/O=Rose/CN=his.rose.example.in',
}

describe('HL7 over MLLP with the certificates of facilities', () => {
  let server: IntakeServer
  let folder: string
  const file = (name: string) => join(folder, name)

  before(async function () {
    folder = await temporaryFolder()
    if (!makeCertificates(folder, certificates)) this.skip()
    const tls = { MLLP_TLS_CERT: file('server.pem'), MLLP_TLS_KEY: file('server.key'), MLLP_TLS_CA: file('ca.pem') }
    server = await intakeServer([], {
      catalog: catalogOf({ rose: his('HIS', 'ROSE'), lotus: his('HIS', 'LOTUS') }),
      env: { AUTH: 'on', MLLP_PORT: '0', ...tls },
    })
  })
  after(() => server?.stop())

  let control = 0
  const send = async (certificate: string, facility: string) => {
    const socket = connect({
      port: server.running.ways.mllp[0] ?? 0,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: readFileSync(file('ca.pem')),
      cert: readFileSync(file(`${certificate}.pem`)),
      key: readFileSync(file(`${certificate}.key`)),
    })
    await once(socket, 'secureConnect')
    const { code } = await new Sender(socket).ask(adt(`C${++control}`, { facility }))
    socket.destroy()
    return code
  }

  const cases: readonly [certificate: string, facility: string, code: string][] = [
    ['rose', 'ROSE', 'AA'],
    ['hfr', 'ROSE', 'AA'],
    ['group', 'ROSE', 'AA'],
    ['group', 'LOTUS', 'AA'],
    ['lotus', 'LOTUS', 'AA'],
    ['lotus', 'ROSE', 'AR'],
    ['rose', 'LOTUS', 'AR'],
    ['hfr', 'LOTUS', 'AR'],
    ['vague', 'LOTUS', 'AR'],
    ['server', 'ROSE', 'AR'],
  ]
  for (const [certificate, facility, code] of cases)
    it(`${code === 'AA' ? 'lets' : 'does not let'} the certificate of ${certificate} send for ${facility}`, async () => {
      expect(await send(certificate, facility)).to.equal(code)
    })
})
