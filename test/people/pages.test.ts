import { expect } from 'chai'
import { sql } from '../../server/db/sql.ts'
import { en } from '../../server/oauth/pages/texts/en.ts'
import { linkAll } from '../../server/patients/follow.ts'
import { addStaff } from '../../server/people/staff/staff.ts'
import { setTotp } from '../../server/people/staff/totp.ts'
import { sitDown } from './browser.ts'
import { MOBILE, openFamily, put } from './family.ts'
import { hire, lastCode, PASSWORD } from './world.ts'

describe('The pages of the login', () => {
  let world: Awaited<ReturnType<typeof openFamily>>
  let { people, clock } = {} as typeof world
  before(async () => {
    world = await openFamily()
    ;({ people, clock } = world)
  })
  after(() => world.drop())
  beforeEach(() => void (clock.now += 86_400_000))

  const asPatient = async (over: object = {}, mobile = MOBILE) => {
    const at = await sitDown(people, { doors: ['patient'], ...over }).open()
    await at.send({ mobile })
    clock.now++
    return at.send({ code: await lastCode(people, mobile) })
  }
  const asStaff = async (username: string, over: object = {}) => {
    const at = await sitDown(people, { doors: ['staff'], ...over }).open()
    return at.send({ username, password: PASSWORD })
  }

  describe('for patients', () => {
    it('lead by mobile, code and family to the consent, and are then forgotten', async () => {
      const at = await sitDown(people).open()
      expect(at.title).to.equal('Log in')
      expect((await at.send({ door: 'patient' })).title).to.equal(en.mobile.title)
      expect((await at.send({ mobile: '098260 11223' })).title).to.equal(en.code.title)
      expect(at.html).to.include('XXXXXX1223').and.not.to.include(MOBILE)
      await at.send({ code: await lastCode(people, MOBILE) })
      expect(at.choices.map(({ text, small }) => [text, small])).to.deep.equal([
        ['Golu', 'under 1 year, male'],
        ['Sunita', '36 years, female'],
      ])
      await at.send({ person: '1' })
      expect(at.title).to.equal('What Growth Chart asks for')
      expect(at.html).to.include('About: Sunita (36 years, female)').and.to.include(en.types['*'])
      await at.send({ scope: ['3', '4'] })
      expect(at.answer).to.deep.equal({
        kind: 'done',
        account: { kind: 'patient', id: 'sunita' },
        patient: 'sunita',
        scopes: at.ask.scopes,
        language: 'en',
        amr: ['sms'],
      })
      const rows = await people.house.db.rows(sql`select from login where uid = ${at.ask.uid}`)
      expect(rows).to.have.length(0)
    })

    it('stand for the golden Patient where records are linked, once for each person', async () => {
      const [abha, mobile] = ['91726543210987', '9826088776']
      const twice = { name: [{ text: 'Deepak Verma' }], gender: 'male', birthDate: '1980-03-02', telecom: [{ system: 'phone', value: mobile }], identifier: [{ system: 'https://healthid.ndhm.gov.in', value: abha }] } // prettier-ignore
      await put(world.house, 'Patient', 'deepak-1', twice)
      await put(world.house, 'Patient', 'deepak-2', twice)
      await linkAll(world.house)
      const at = await asPatient({}, mobile)
      expect(at.choices.map(({ text }) => text)).to.deep.equal(['Deepak'])
      await at.send({ person: '0' })
      await at.send({ scope: [] })
      const [golden] = await people.house.db.rows<{ id: string }>(sql`
        select g.id from person_golden g join person p on p.golden = g.rid where p.id = 'deepak-1'`)
      expect(at.answer).to.deep.include({ account: { kind: 'patient', id: golden?.id } })
    })

    it('are the same up to the right code for a mobile nobody is registered with', async () => {
      const [known, unknown] = [sitDown(people, { doors: ['patient'] }), sitDown(people, { doors: ['patient'] })]
      const same = (html: string) => html.replace(/uid-\d+|value="[\w-]{43}"|X{6}\d{4}/g, '…')
      await known.open()
      await unknown.open()
      const both = async (one: object, other: object) => {
        await known.send({ ...one })
        await unknown.send({ ...other })
        expect(same(unknown.html)).to.equal(same(known.html))
        expect(unknown.status).to.equal(known.status)
      }
      await both({ mobile: MOBILE }, { mobile: '9826099990' })
      const code = await lastCode(people, MOBILE)
      await both({ code: code === '000000' ? '000001' : '000000' }, { code: '000000' })
      await both({ code: '12' }, { code: '12' })
      await unknown.send({ code: await lastCode(people, '9826099990') })
      expect(unknown.title).to.equal(en.nobody.title)
      expect(unknown.choices).to.deep.equal([])
    })

    it('show nobody to whoever holds a number that stands for more people than a family', async () => {
      const at = await asPatient({}, '9826055443')
      expect(at.html).to.include(en.nobody.many).and.not.to.include('Ward')
    })

    it('take nobody who was not shown, and no page that was skipped', async () => {
      const at = await asPatient()
      for (const person of ['2', '-1', 'sunita', '0x1', '1e0', ''])
        expect((await at.send({ person })).status).to.equal(400)
      const early = await sitDown(people, { doors: ['patient'] }).open()
      await early.send({ page: 'family', person: '0' })
      expect(early.title).to.equal(en.mobile.title)
      await early.send({ page: 'consent', scope: ['3'] })
      expect(early.title).to.equal(en.mobile.title)
    })

    it('say how many tries are left, and send another code', async () => {
      const at = await sitDown(people, { doors: ['patient'] }).open()
      await at.send({ mobile: MOBILE })
      const code = await lastCode(people, MOBILE)
      const wrong = code === '999999' ? '999998' : '999999'
      for (const left of [4, 3, 2, 1]) expect((await at.send({ code: wrong })).html).to.include(en.code.wrong(left))
      await at.send({ code: wrong })
      expect(at.html).to.include(en.code.spent)
      expect((await at.send({ code })).html).to.include(en.code.spent)
      clock.now++
      await at.send({ again: '1' })
      await at.send({ code: await lastCode(people, MOBILE) })
      expect(at.title).to.equal(en.family.title)
    })

    it('refuse with 429 after five codes in an hour, for a mobile nobody has just the same', async () => {
      for (const mobile of [MOBILE, '9826012121']) {
        const at = await sitDown(people, { doors: ['patient'] }).open()
        await at.send({ mobile })
        for (let i = 0; i < 4; i++) await at.send({ again: '1' })
        expect((await at.send({ again: '1' })).status).to.equal(429)
        expect(at.html).to.include(en.later(3600))
      }
    })

    it('let somebody start again as somebody else', async () => {
      const at = await asPatient()
      expect((await at.send({ back: '1' })).title).to.equal(en.mobile.title)
      expect((await at.send({ page: 'family', person: '0' })).title).to.equal(en.mobile.title)
    })
  })

  describe('for staff', () => {
    before(() => hire(people, 'asha', [{ role: 'doctor', facility: 'F1' }]))

    it('lead by password, role and patient to the consent', async () => {
      await hire(people, 'many', [{ role: 'doctor', facility: 'F1' }, { role: 'clerk', facility: 'F2' }, { role: 'officer' }]) // prettier-ignore
      const at = await asStaff('many')
      expect(at.choices.map(({ text, small }) => `${text}: ${small}`).sort()).to.deep.equal([
        'Clerk: F2',
        'Doctor: District Hospital &#60;Raipur&#62;',
        'Officer of the department: ',
      ])
      await at.send({ part: at.choices.find(({ text }) => text === 'Doctor')?.value ?? '' })
      expect(at.title).to.equal(en.patient.title)
      await at.send({ text: 'sunita' })
      expect(at.choices.map(({ text, small }) => [text, small])).to.deep.equal([
        ['Smt. Sunita Sahu', '36 years, female, +XXXXXXXX1223'],
      ])
      await at.send({ person: '0' })
      await at.send({ scope: ['3'] })
      expect(at.answer).to.deep.include({ kind: 'done', patient: 'sunita', amr: ['pwd'], scopes: at.ask.scopes.slice(0, 4) }) // prettier-ignore
      expect(at.answer).to.have.deep.nested.property('account.facility', 'F1')
    })

    it('find only the patients that they see themselves, and say so to a role that sees none', async () => {
      await hire(people, 'elsewhere', [{ role: 'doctor', facility: 'F9' }])
      await hire(people, 'officer', [{ role: 'officer' }])
      const stranger = await asStaff('elsewhere')
      await stranger.send({ text: 'sunita' })
      expect(stranger.html).to.include(en.patient.nobody)
      const officer = await asStaff('officer')
      await officer.send({ text: 'sunita' })
      expect([officer.status, officer.choices]).to.deep.equal([403, []])
    })

    it('are the same for a wrong password and a user there is not', async () => {
      const pages = await Promise.all(
        ['asha', 'nobody-at-all'].map(async (username) => {
          const at = await sitDown(people, { doors: ['staff'], ip: `10.5.0.${username.length}` }).open()
          await at.send({ username, password: 'wrong' })
          return [at.status, at.html.replaceAll(username, '…').replace(/uid-\d+|value="[\w-]{43}"/g, '…')]
        }),
      )
      expect(pages[0]).to.deep.equal(pages[1])
      expect(pages[0]?.[0]).to.equal(400)
    })

    it('ask for the second factor, and for a password instead of the one-time one', async () => {
      const given = await addStaff(people, { username: 'new.one', name: 'New One', role: 'officer' })
      const at = await sitDown(people, { doors: ['staff'], scopes: ['openid', 'user/Location.rs'] }).open()
      await at.send({ username: 'new.one', password: given })
      expect(at.title).to.equal(en.choose.title)
      expect((await at.send({ password: 'Password1234', again: 'Password1234' })).html).to.include(en.choose.common)
      expect((await at.send({ password: PASSWORD, again: 'x' })).html).to.include(en.choose.differ)
      expect((await at.send({ password: PASSWORD, again: PASSWORD })).title).to.equal('What Growth Chart asks for')

      const { id } = await hire(people, 'second')
      await setTotp(people, { id, username: 'second' })
      const two = await asStaff('second')
      expect(two.title).to.equal(en.totp.title)
      expect((await two.send({ code: '000000' })).html).to.include(en.totp.wrong)
      // No way past it.
      expect((await two.send({ page: 'consent', scope: ['0'] })).title).to.equal(en.totp.title)
    })

    it('take the patient of an EHR launch, and choose no other', async () => {
      const at = await asStaff('asha', { patient: 'golu' })
      expect(at.title).to.equal('What Growth Chart asks for')
      await at.send({ scope: ['3'], person: '0', patient: 'sunita' })
      expect(at.answer).to.deep.include({ patient: 'golu' })
    })

    it('ask no more than is open when there is a session and the consent was given', async () => {
      const account = { kind: 'staff', id: 'x', role: 'officer' } as const
      const asked = await sitDown(people, { account, scopes: ['openid', 'user/Location.rs'] }).open()
      expect(asked.title).to.equal('What Growth Chart asks for')
      const done = await sitDown(people, { account, scopes: ['openid'], consented: true }).open()
      expect(done.answer).to.deep.equal({ kind: 'done', account, scopes: ['openid'], language: 'en', amr: [] })
      const wrong = await sitDown(people, { account, doors: ['patient'] }).open()
      expect(wrong.html).to.include(en.errors.door('Growth Chart'))
      expect((await wrong.send({ back: '1' })).title).to.equal(en.mobile.title)
    })
  })

  describe('as forms', () => {
    it('are refused without the token of the interaction, or with that of another, and nothing happens', async () => {
      const [mine, theirs] = [sitDown(people, { doors: ['patient'] }), sitDown(people, { doors: ['patient'] })]
      await mine.open()
      const token = /name="csrf" value="([^"]+)"/.exec((await theirs.open()).html)?.[1] ?? ''
      const before = await people.house.db.rows(sql`select from otp`)
      for (const csrf of ['', 'x', token]) {
        await mine.send({ csrf, page: 'mobile', mobile: MOBILE }, true)
        expect([mine.status, mine.title]).to.deep.equal([403, en.mobile.title])
      }
      expect(await people.house.db.rows(sql`select from otp`)).to.have.length(before.length)
      expect((await mine.send({ csrf: token, page: 'mobile', mobile: MOBILE })).status).to.equal(403)
    })

    it('that come too late start again', async () => {
      const at = await asPatient()
      clock.now += 15 * 60_000
      await at.send({ person: '0' })
      expect([at.status, at.title]).to.deep.equal([400, en.mobile.title])
      expect(at.html).to.include(en.slow)
    })

    it('say no, and leave out single scopes', async () => {
      const scopes = ['openid', 'patient/Observation.rs', 'patient/Patient.rs', 'offline_access']
      const no = await asPatient({ scopes })
      await no.send({ person: '0' })
      expect((await no.send({ no: '1' })).answer).to.deep.equal({ kind: 'refused' })
      const some = await asPatient({ scopes })
      await some.send({ person: '0' })
      await some.send({ scope: ['2', '7', 'x'] })
      expect(some.answer).to.deep.include({ scopes: ['openid', 'patient/Patient.rs'] })
    })

    it('take whatever is sent without falling over', async () => {
      const at = await sitDown(people).open()
      const odd = { door: ['staff', 'patient'], username: 'x'.repeat(10_000), password: '\u0000', page: '__proto__' }
      expect((await at.send(odd)).status).to.equal(200)
      expect((await at.send({ door: 'constructor' })).status).to.equal(400)
      await at.send({ door: 'staff' })
      expect((await at.send({ username: '\u0000', password: 'p'.repeat(100_000) })).status).to.equal(400)
      expect((await at.send({ username: 'a\u0000b', password: 'p' })).status).to.equal(400)
    })
  })
})
