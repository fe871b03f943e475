import { expect } from 'chai'
import type { OperationOutcome } from '@medplum/fhirtypes'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { dataFolder, hasData } from '../fhir/data.ts'
import { startServer, type TestServer } from '../http/server.ts'
import { refused } from '../fhir/validate/refused.ts'

const folder = join(dataFolder, 'hl7-r4-examples')

/** HL7's own examples: each PUT is accepted and read back equal, decimals by their text, or refused for a reason in refused.ts. */
describe("HL7's R4 examples", function () {
  this.timeout(300_000)
  let server: TestServer
  before(async function () {
    if (!hasData('hl7-r4-examples')) return this.skip()
    server = await startServer()
  })
  after(() => server?.stop())

  it('are stored and read back equal, or refused for a reason of the specification', async () => {
    const tally = { equal: 0, refused: 0 }
    const faults: string[] = []
    for (const name of readdirSync(folder)
      .filter((each) => each.endsWith('.json'))
      .toSorted()) {
      const sent = readFileSync(join(folder, name), 'utf8')
      const { resourceType, id } = JSON.parse(sent) as { resourceType: string; id: string }
      const url = `${server.base}/${resourceType}/${id}`
      const put = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/fhir+json' }, body: sent })
      const answer = await put.text()
      if (put.status === 422 || put.status === 400) {
        const outcome = JSON.parse(answer) as OperationOutcome
        const path = outcome.issue[0]?.expression?.[0]
        if (path && path === refused[name.replace('.json', '')]?.[0]) tally.refused++
        else faults.push(`${name}: refused at ${path}`)
      } else if (put.status > 201) faults.push(`${name}: ${put.status}`)
      else if (same(sent, await (await fetch(url, { headers: { accept: 'application/fhir+json' } })).text()))
        tally.equal++
      else faults.push(`${name}: came back changed`)
    }
    console.log(`        ${tally.equal} equal, ${tally.refused} refused`)
    expect(faults).to.deep.equal([])
    expect(tally.refused, 'all of refused.ts').to.equal(Object.keys(refused).length)
  })
})

/** Equal but for the version and the time the server sets; numbers are compared as they are written. */
function same(sent: string, got: string): boolean {
  return isDeepStrictEqual(spelled(sent), spelled(got))
}

/** The document with every number as a string of its own digits. */
function spelled(text: string): unknown {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (part) =>
    part.startsWith('"') ? part : `"#${part}"`,
  )
  const { meta, ...rest } = JSON.parse(quoted) as { meta?: Record<string, unknown> }
  const { versionId: _version, lastUpdated: _updated, ...others } = meta ?? {}
  return { ...rest, meta: others }
}
