import { expect } from 'chai'
import type { Parameters, Provenance } from '@medplum/fhirtypes'
import type { Answer } from '../../http/ask.ts'
import { groupsOf, idsOf, openCity, order, said, type City } from './city.ts'

describe('Patient/$link and Patient/$unlink', () => {
  let city: City
  beforeEach(async () => (city = await openCity()))
  afterEach(() => city.stop())

  const everything = async (id: string) => idsOf(await city.get(`Patient/${id}/$everything`), 'Observation').toSorted()
  const members = (answer: Answer, name = 'person') => groupsOf(answer, name, 'member').map((one) => one.toSorted())
  const kavitas = ['Patient/kavita-1', 'Patient/kavita-2']

  it('shows in a preview what would change, and changes nothing', async () => {
    const answer = await city.post(
      'Patient/$link',
      order(['Patient/kavita-1', 'Patient/namesake'], { reason: 'x', preview: true }),
    )
    expect(answer.status, answer.text).to.equal(200)
    expect(members(answer, 'before').flat()).to.include.members(['Patient/kavita-1', 'Patient/namesake'])
    expect(members(answer)).to.have.length(1)
    expect(answer.text).not.to.include('Provenance/')
    expect(await everything('namesake')).to.deep.equal(['of-namesake'])
    expect(idsOf(await city.get('Provenance'), 'Provenance')).to.deep.equal([])
  })

  it('links what a person says is one, and tells who said so and why', async () => {
    const more = { reason: 'Both slips were brought by her', by: 'Clerk 7' }
    const answer = await city.post('Patient/$link', order(['Patient/namesake', 'Patient/husband'], more))
    expect(answer.status, answer.text).to.equal(200)
    expect(members(answer)).to.deep.equal([['Patient/husband', 'Patient/namesake']])
    const [[golden = '']] = groupsOf(answer, 'person', 'golden') as [string[]]
    expect(await everything('namesake')).to.deep.equal(['of-husband', 'of-namesake'])
    expect(await everything(golden.replace('Patient/', ''))).to.deep.equal(['of-husband', 'of-namesake'])
    const named = ((answer.json as Parameters).parameter ?? []).find(({ name }) => name === 'provenance')
    const provenance = (await city.get(named?.valueReference?.reference ?? '')).json as Provenance
    expect(JSON.stringify(provenance)).to.include('Clerk 7').and.to.include('Both slips were brought by her')
  })

  it('separates for good: nothing that arrives later links them again, until a person does', async () => {
    const apart = await city.post('Patient/$unlink', order(['Patient/hospital', 'Patient/clinic', 'Patient/lab']))
    expect(apart.status, apart.text).to.equal(200)
    for (const id of ['hospital', 'clinic', 'lab']) expect(await everything(id)).to.deep.equal([`of-${id}`])
    const read = (await city.get('Patient/clinic')).json as { telecom: object[] }
    await city.put({
      ...read,
      resourceType: 'Patient',
      id: 'clinic',
      telecom: [...read.telecom, { system: 'email', value: 's@example.org' }],
    } as never)
    await city.settled()
    expect(await everything('clinic')).to.deep.equal(['of-clinic'])
    const again = await city.post('Patient/$link', order(['Patient/hospital', 'Patient/clinic']))
    expect(members(again)).to.deep.include(['Patient/clinic', 'Patient/hospital'])
  })

  it('takes a decision back with never=false, and lets the evidence decide', async () => {
    await city.post('Patient/$unlink', order(['Patient/hospital', 'Patient/clinic']))
    const back = await city.post(
      'Patient/$unlink',
      order(['Patient/hospital', 'Patient/clinic'], { reason: 'my mistake', never: false }),
    )
    expect(members(back)).to.deep.equal([['Patient/clinic', 'Patient/hospital', 'Patient/lab']])
  })

  it('takes a golden Patient for its records', async () => {
    const linked = await city.post('Patient/$link', order(kavitas))
    const [[golden = '']] = groupsOf(linked, 'person', 'golden') as [string[]]
    const wider = await city.post('Patient/$link', order([golden, 'Patient/namesake']))
    expect(members(wider).flat()).to.include.members(['Patient/namesake', 'Patient/kavita-1'])
    const [[now = '']] = groupsOf(wider, 'person', 'golden') as [string[]]
    const out = await city.post('Patient/$unlink', order([now, 'Patient/namesake']))
    expect(out.status, out.text).to.equal(200)
    expect(await everything('namesake')).to.deep.equal(['of-namesake'])
  })

  it('refuses fewer than two, a missing reason, and Patients that are not there', async () => {
    const refused = async (operation: string, body: object) => {
      const answer = await city.post(`Patient/${operation}`, body)
      return [answer.status, said(answer)]
    }
    expect(await refused('$link', order(['Patient/lab', 'Patient/lab']))).to.deep.equal([
      400,
      'Name two different Patients at least, and 20 at most',
    ])
    expect(await refused('$unlink', order(kavitas, {}))).to.deep.equal([
      400,
      'One of the parameters reason is required',
    ])
    expect(await refused('$link', order(['Patient/lab', 'Patient/nobody']))).to.deep.equal([
      404,
      'There is no Patient/nobody',
    ])
    expect((await refused('$link', order(['Patient/lab', 'Observation/of-lab'])))[0]).to.equal(400)
    expect((await refused('$link', order(kavitas, { reason: 'x', never: true })))[0]).to.equal(400)
    expect((await city.get('Patient/$link')).status).to.equal(405)
  })
})
