import type { Bundle } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pull, type Cursor, type Puller } from '../../../server/intake/ways/pull.ts'

/** A hospital's server: so many patients, in pages of two, oldest first unless `shuffled`. */
interface Hospital {
  patients: { id: string; at: string; version?: string }[]
  shuffled?: boolean
  elsewhere?: boolean
  circle?: boolean
  endless?: boolean
  /** Where it redirects to; with nothing of its own. */
  redirect?: string
  asked: URL[]
  authorization: (string | undefined)[]
}

describe('pulling from a hospital’s own FHIR endpoint', () => {
  let server: Server
  let url: string
  let hospital: Hospital
  let kept: Map<string, Cursor>
  let taken: string[]
  const puller: Puller = {
    cursor: async (type) => kept.get(type),
    take: async ({ value: page }) => void taken.push(...(page.entry ?? []).map(({ resource }) => resource?.id ?? '')),
    move: async (type, cursor) => void kept.set(type, cursor),
  }
  const run = (using: Puller = puller) =>
    pull({ url, types: ['Patient'], token: 'secret' }, using, new AbortController().signal)

  before((done) => {
    server = createServer((request, response) => {
      const asked = new URL(request.url ?? '', url)
      hospital.asked.push(asked)
      hospital.authorization.push(request.headers.authorization)
      if (hospital.redirect !== undefined) return void response.writeHead(302, { location: hospital.redirect }).end()
      if (hospital.endless) return endless(response)
      response.setHeader('content-type', 'application/fhir+json').end(JSON.stringify(pageOf(hospital, asked, url)))
    }).listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`
      done()
    })
  })
  after((done) => void server.close(done))
  beforeEach(() => {
    kept = new Map()
    taken = []
    hospital = {
      patients: ['a', 'b', 'c', 'd', 'e'].map((id, i) => ({ id, at: time(i) })),
      asked: [],
      authorization: [],
    }
  })

  it('takes everything once, and then only what changed', async () => {
    expect(await run()).to.equal(5)
    expect(taken).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
    expect(await run()).to.equal(0)
    hospital.patients.push({ id: 'f', at: time(4) }, { id: 'a', at: time(9), version: '2' })
    expect(await run()).to.equal(2)
    expect(taken.slice(5)).to.deep.equal(['f', 'a'])
    expect(hospital.asked.at(-2)?.searchParams.get('_lastUpdated')).to.equal(`ge${time(4)}`)
  })

  it('goes on where it was interrupted', async () => {
    let pages = 0
    const failing: Puller = {
      ...puller,
      take: async (page, type) => {
        if (++pages === 3) throw new Error('the database is away')
        await puller.take(page, type)
      },
    }
    const failure: unknown = await run(failing).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(Error)
    await run()
    expect(taken).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
  })

  it('moves the cursor of a server that does not sort only when everything was taken', async () => {
    hospital.shuffled = true
    const moved: string[] = []
    await run({ ...puller, move: async (type, cursor) => void (moved.push(cursor.at), kept.set(type, cursor)) })
    expect(taken.toSorted()).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
    expect(kept.get('Patient')?.at).to.equal(time(4))
    expect(moved.at(-1)).to.equal(time(4))
    expect(await run()).to.equal(0)
  })

  it('shows its token to that server only, and follows no link to another', async () => {
    hospital.elsewhere = true
    const failure = (await run().catch((error: unknown) => error)) as Error
    expect(failure.message).to.match(/another server/)
    expect(hospital.authorization).to.deep.equal(['Bearer secret'])
  })

  it('follows no redirect, not even to itself', async () => {
    hospital.redirect = `${url}/Patient?elsewhere=true`
    expect(await run().catch((error: unknown) => error)).to.be.instanceOf(Error)
    expect(hospital.asked).to.have.length(1)
    expect(taken).to.deep.equal([])
  })

  it('does not go round in circles', async () => {
    hospital.circle = true
    const failure = (await run().catch((error: unknown) => error)) as Error
    expect(failure.message).to.match(/there before/)
    expect(hospital.asked).to.have.length(2)
  })

  it('reads no page without end', async () => {
    hospital.endless = true
    const failure = (await run().catch((error: unknown) => error)) as Error
    expect(failure.message).to.match(/more than a page/)
  })
})

/** Blanks, as JSON may begin with, until nobody listens. */
function endless(response: ServerResponse): void {
  const blanks = Buffer.alloc(1 << 20, ' ')
  const more = () => {
    while (!response.destroyed && response.write(blanks));
  }
  response.on('drain', more)
  more()
}

function time(minute: number): string {
  return `2026-11-22T10:0${minute}:00.000+05:30`
}

function pageOf({ patients, shuffled, elsewhere, circle }: Hospital, asked: URL, url: string): Bundle {
  const since = asked.searchParams.get('_lastUpdated')?.slice(2)
  const from = Number(asked.searchParams.get('from') ?? 0)
  const sorted = patients
    .filter(({ at }) => since === undefined || Date.parse(at) >= Date.parse(since))
    .toSorted((a, b) => a.at.localeCompare(b.at))
  const all = shuffled ? sorted.toReversed() : sorted
  const next = `${elsewhere ? 'http://10.0.0.1/fhir' : url}/Patient?from=${from + 2}${since ? `&_lastUpdated=ge${encodeURIComponent(since)}` : ''}`
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(circle && { link: [{ relation: 'next', url: `${url}/Patient?from=0` }] }),
    ...(!circle && from + 2 < all.length && { link: [{ relation: 'next', url: next }] }),
    entry: all.slice(from, from + 2).map(({ id, at, version = '1' }) => ({
      resource: { resourceType: 'Patient', id, meta: { lastUpdated: at, versionId: version } },
    })),
  }
}
