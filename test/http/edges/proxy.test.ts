import { expect } from 'chai'
import fc from 'fast-check'
import type { IncomingMessage } from 'node:http'
import { readConfig } from '../../../server/config.ts'
import { cameFrom } from '../../../server/http/proxy.ts'

const trusted = readConfig({ TRUST_PROXY: '10.0.0.1, 10.9.0.0/16, fd00::/8' }).trustProxy

function from(peer: string, headers: Record<string, string> = {}, encrypted = false) {
  return cameFrom({ socket: { remoteAddress: peer, encrypted }, headers } as unknown as IncomingMessage, trusted)
}

describe('where a request comes from', () => {
  const cases: readonly [what: string, peer: string, headers: Record<string, string>, address: string, secure: boolean][] = [
    ['a client itself', '203.0.113.9', {}, '203.0.113.9', false],
    ['a client that says it is another', '203.0.113.9', { 'x-forwarded-for': '10.0.0.1' }, '203.0.113.9', false],
    ['a client that says it was encrypted', '203.0.113.9', { 'x-forwarded-proto': 'https' }, '203.0.113.9', false],
    ['one behind a proxy', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }, '203.0.113.9', true],
    ['one behind two', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9, 10.9.3.3' }, '203.0.113.9', false],
    ['one that put an address before', '10.0.0.1', { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }, '203.0.113.9', false],
    ['one that put a proxy before', '10.0.0.1', { 'x-forwarded-for': '10.9.1.1, 203.0.113.9' }, '203.0.113.9', false],
    ['a proxy that says nothing', '10.0.0.1', {}, '10.0.0.1', false],
    ['nonsense behind a proxy', '10.0.0.1', { 'x-forwarded-for': 'unknown' }, '10.0.0.1', false],
    ['nonsense before an address', '10.0.0.1', { 'x-forwarded-for': '<script>, 203.0.113.9' }, '203.0.113.9', false],
    ['an IPv4 address over IPv6', '::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.9:443' }, '203.0.113.9', false],
    ['IPv6 in brackets', 'fd00::7', { 'x-forwarded-for': '[2001:db8::1]:5000' }, '2001:db8::1', false],
    ['several words about the protocol', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https, http' }, '203.0.113.9', false],
  ] // prettier-ignore
  for (const [what, peer, headers, address, secure] of cases) {
    it(`is right of ${what}`, () => expect(from(peer, headers)).to.deep.include({ address, secure }))
  }

  it('is this machine only when nothing was passed on', () => {
    expect(from('127.0.0.1').local).to.equal(true)
    expect(from('::1').local).to.equal(true)
    expect(from('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }).local).to.equal(false)
    expect(from('127.0.0.1', { forwarded: 'for=127.0.0.1' }).local).to.equal(false)
    expect(from('10.0.0.1', { 'x-forwarded-for': '127.0.0.1' }).local).to.equal(false)
  })

  it('cannot be changed by what a client writes before its proxy', () => {
    const word = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[ -~]{0,20}$/))
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (lies) => {
        const headers = { 'x-forwarded-for': [...lies, '203.0.113.9', '10.9.3.3'].join(', ') }
        expect(from('10.0.0.1', headers)).to.deep.equal({ address: '203.0.113.9', secure: false, local: false })
      }),
    )
  })
})
