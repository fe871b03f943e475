import { expect } from 'chai'
import { idOf } from '../../mappers/build/identity.ts'
import { openDoor, type Door } from './door.ts'
import { caller } from './matrix/callers.ts'
import { observation, patient } from './writing/facilities.ts'

const asha = caller('emr', 'system/*.cruds', { id: 'emr-asha', facility: 'asha' })
const bela = caller('emr', 'system/*.cruds', { id: 'emr-bela', facility: 'bela' })

describe('An id that the server derives from a number', () => {
  const known = idOf('asha', 'Patient', 'MRN-1')
  const next = idOf('asha', 'Patient', 'MRN-2')
  let door: Door
  before(async () => {
    door = await openDoor()
    for (const id of ['asha', 'bela'])
      await door.put(undefined, { resourceType: 'Organization', id, name: id } as never)
    await door.put('asha', patient(known))
  })
  after(() => door.stop())

  it('tells who reckons it out nothing, whether it is taken or free', async () => {
    const ways: readonly ((id: string) => readonly [line: string, body?: object, headers?: Record<string, string>])[] =
      [
        (id) => [`PUT Patient/${id}`, patient(id, 'x')],
        (id) => [`PUT Patient/${id}`, patient(id, 'x'), { 'if-none-match': '*' }],
        (id) => [`PUT Patient/${id}`, patient(id, 'x'), { 'if-match': 'W/"1"' }],
        (id) => ['PUT Patient?identifier=none', patient(id, 'x')],
        (id) => [`DELETE Patient/${id}`],
        ...(['transaction', 'batch'] as const).map((type) => (id: string) => ['POST ', { resourceType: 'Bundle', type, entry: [{ resource: patient(id, 'x'), request: { method: 'PUT', url: `Patient/${id}` } }] }] as const), // prettier-ignore
      ]
    for (const way of ways) {
      const [taken, free] = await Promise.all([known, next].map(async (id) => {
        const { status, text } = await door.as(bela, ...way(id))
        return { status, text: text.replaceAll(id, 'ID').replace(/"(id|lastUpdated)":"[^"]*"/g, '') }
      })) // prettier-ignore
      expect(taken).to.deep.equal(free)
      expect(taken?.text).to.include('not-found')
    }
    expect((await door.as(asha, `GET Patient/${next}`)).status).to.equal(404)
  })

  it('is not lain in wait at: what comes later under it is of who sent it', async () => {
    await door.as(bela, `PUT Patient/${next}`, patient(next, 'x'))
    await door.put('asha', patient(next))
    expect((await door.as(bela, `GET Patient/${next}`)).status).to.equal(404)
    expect((await door.as(asha, `GET Patient/${next}`)).status).to.equal(200)
  })

  it('is its own facility’s to change, to delete and to bring back', async () => {
    const changed = { ...patient(known), gender: 'female' }
    expect((await door.as(asha, `PUT Patient/${known}`, changed)).status).to.equal(200)
    expect((await door.as(asha, `DELETE Patient/${known}`)).status).to.equal(204)
    expect((await door.as(asha, `PUT Patient/${known}`, changed)).status).to.equal(201)
  })

  it('is no other’s: random ones and words are taken as they come', async () => {
    const random = '7f1c8f0e-9b1d-4f0a-8a54-0d6a4b1f3c22'
    for (const id of [random, 'asha-26000311', 'x'])
      expect((await door.as(asha, `PUT Observation/${id}`, observation(id, known))).status, id).to.equal(201)
  })
})
