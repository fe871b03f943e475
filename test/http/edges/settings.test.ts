import { expect } from 'chai'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, describeConfig, readConfig } from '../../../server/config.ts'
import { temporaryFolder } from '../../harness.ts'

const faults = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

describe('settings of the edges', () => {
  const network = { AUTH: 'on', HOST: '0.0.0.0', PUBLIC_URL: 'https://health.example.in' }
  const tls = { TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' }

  it('refuse to speak plain HTTP on a network, and say what would do', () => {
    const [fault = '', ...more] = faults(network)
    expect(more).to.deep.equal([])
    expect(fault).to.contain('TLS_CERT').and.contain('TRUST_PROXY').and.contain('PLAIN_HTTP')
    for (const enough of [tls, { TRUST_PROXY: '10.0.0.1' }, { PLAIN_HTTP: 'on' }])
      expect(faults({ ...network, ...enough })).to.deep.equal([])
    for (const HOST of ['127.0.0.1', '::1', 'localhost']) expect(faults({ AUTH: 'on', HOST })).to.deep.equal([])
  })

  it('ask everybody for a token unless told otherwise', () => {
    expect(readConfig({}).auth).to.equal('on')
    expect(readConfig({ AUTH: 'open' }).auth).to.equal('open')
  })

  it('never open the record to a network, whatever else is set', () => {
    for (const more of [{}, tls, { TRUST_PROXY: '10.0.0.1' }, { PLAIN_HTTP: 'on' }])
      expect(faults({ ...network, ...more, AUTH: 'open' }).join()).to.contain('AUTH=open')
  })

  it('want the public address where it cannot be known', () => {
    const unknown = { ...network, PUBLIC_URL: '' }
    expect(faults({ ...unknown, ...tls }).join()).to.contain('PUBLIC_URL')
    expect(faults({ ...unknown, ...tls, HOST: 'health.example.in' })).to.deep.equal([])
    expect(faults({ ...unknown, TRUST_PROXY: '10.0.0.1', HOST: '10.0.0.7' }).join()).to.contain('PUBLIC_URL')
    const plain = { ...network, TRUST_PROXY: '10.0.0.1', PUBLIC_URL: 'http://health.example.in' }
    expect(faults(plain).join()).to.contain('PUBLIC_URL')
  })

  it('want a certificate with its key, and one of every MLLP sender', () => {
    expect(faults({ TLS_CERT: 'a.pem' }).join()).to.contain('go together')
    expect(faults({ TLS_KEY: 'a.pem' }).join()).to.contain('go together')
    const mllp = { ...network, ...tls, MLLP_PORT: '2575' }
    expect(faults(mllp).join()).to.contain('MLLP_TLS_CA')
    expect(faults({ ...mllp, MLLP_TLS_CERT: 'a', MLLP_TLS_KEY: 'b' }).join()).to.contain('MLLP_TLS_CA')
    expect(faults({ ...mllp, MLLP_TLS_CERT: 'a', MLLP_TLS_KEY: 'b', MLLP_TLS_CA: 'c' })).to.deep.equal([])
    expect(faults({ ...mllp, HOST: '127.0.0.1' })).to.deep.equal([])
  })

  it('read addresses and networks of proxies, and nothing else', () => {
    for (const good of ['10.0.0.1', '10.0.0.0/8, ::1', 'loopback', 'fd00::/8'])
      expect(faults({ TRUST_PROXY: good }), good).to.deep.equal([])
    for (const bad of ['*', 'proxy.example', '10.0.0.0/33', '10.0.0.1/', '10.0.0.1/8/8', '::1/129', '10.0.0'])
      expect(faults({ TRUST_PROXY: bad }).join(), bad).to.contain('TRUST_PROXY')
  })

  it('take secrets from files, and tell neither their value nor their place', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'metrics')
    await writeFile(file, 'a-secret-of-twenty-four\n')
    const env = { METRICS_TOKEN_FILE: file }
    expect(readConfig(env).metricsToken).to.equal('a-secret-of-twenty-four')
    const told = describeConfig(env).find((one) => one.env === 'METRICS_TOKEN')
    expect(told?.value).to.equal('(set)')
    expect(faults({ ...env, METRICS_TOKEN: 'another-secret-of-24' }).join()).to.contain('only one')
    expect(faults({ METRICS_TOKEN_FILE: join(folder, 'nothing') }).join()).to.contain('METRICS_TOKEN cannot be read')
    await writeFile(file, 'short')
    expect(faults(env).join()).to.contain('16 characters').and.not.contain('short')
    expect(readConfig({ PORT_FILE: file }).port).to.equal(8080)
  })

  it('have no default for any secret', () => {
    const secrets = describeConfig({}).filter(({ env }) => /SECRET|TOKEN|KEYS|DATABASE_URL|PASSWORD/.test(env))
    expect(secrets.length).to.be.greaterThan(4)
    for (const { env, default: fallback } of secrets) expect(fallback, env).to.equal('')
  })
})
