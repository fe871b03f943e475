import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { readScope } from '../../server/oauth/pages/consent.ts'
import { outboxPage } from '../../server/oauth/pages/outbox.ts'
import { ageOn } from '../../server/oauth/pages/person.ts'
import { languageOf } from '../../server/oauth/pages/texts.ts'
import { en } from '../../server/oauth/pages/texts/en.ts'
import { hi } from '../../server/oauth/pages/texts/hi.ts'
import { sitDown } from './browser.ts'
import { MOBILE, openFamily } from './family.ts'
import { lastCode } from './world.ts'

describe('The pages of the login as HTML', () => {
  let world: Awaited<ReturnType<typeof openFamily>>
  let { people, clock } = {} as typeof world
  before(async () => {
    world = await openFamily()
    ;({ people, clock } = world)
  })
  after(() => world.drop())
  beforeEach(() => void (clock.now += 86_400_000))

  const everyPage = async (lang: 'hi' | 'en') => {
    const pages: string[] = []
    const client = '<script>alert(1)</script>&"\''
    const at = await sitDown(people, { client, lang, acceptLanguage: lang }).open(lang)
    pages.push(at.html)
    await at.send({ door: 'staff' })
    pages.push(at.html, (await at.send({ username: '"><img src=x>', password: 'x' })).html)
    await at.send({ back: '1' })
    await at.send({ door: 'patient' })
    pages.push(at.html, (await at.send({ mobile: '1' })).html)
    await at.send({ mobile: MOBILE })
    pages.push(at.html, (await at.send({ code: '1' })).html)
    clock.now++
    await at.send({ code: await lastCode(people, MOBILE) })
    pages.push(at.html)
    await at.send({ person: '0' })
    pages.push(at.html)
    return pages
  }

  for (const lang of ['hi', 'en'] as const)
    it(`are in one language, escape what others wrote, and have a label for each field (${lang})`, async () => {
      for (const page of await everyPage(lang)) {
        expect(page).to.match(new RegExp(`^<!doctype html>\\s*<html lang="${lang}">`))
        expect(page).not.to.match(/<script|<img|<b>|javascript:|\son\w+=|\sstyle="/i)
        const fields = [...page.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id)
        for (const id of fields) expect(page).to.include(`<label for="${id}">`)
        for (const [, ids = ''] of page.matchAll(/aria-describedby="([^"]+)"/g))
          for (const id of ids.split(' ')) expect(page).to.include(` id="${id}"`)
        expect(page.match(/<h1>/g)).to.have.length(1)
        const words = page.replace(/<[^>]*>/g, ' ').replace(/<style>.*<\/style>/s, '')
        if (lang === 'hi') expect(words).to.match(/\p{Script=Devanagari}{3}/u)
      }
    })

  it('switch the language and stay where they are', async () => {
    const at = await sitDown(people, { doors: ['patient'] }).open()
    await at.send({ mobile: MOBILE })
    expect((await at.open('hi')).title).to.equal(hi.code.title)
    expect((await at.send({ code: '1' })).html).to.include(hi.code.form)
    expect((await at.open()).title).to.equal(hi.code.title)
    expect((await at.open('en')).title).to.equal(en.code.title)
  })

  it('allow no script, no frame and nothing from elsewhere, and the one style by its hash', async () => {
    const at = await sitDown(people).open()
    const { headers } = at.answer as { headers: Record<string, string> }
    const style = /<style>(.*?)<\/style>/s.exec(at.html)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers['content-security-policy']).to.equal(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' https://app.example.in; base-uri 'none'; frame-ancestors 'none'`,
    )
    expect(headers).to.include({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    expect(style.length).to.be.below(4000)
  })

  for (const [redirect, source] of [
    ['com.example.app:/callback', ' com.example.app:'],
    ["https://a.example/x;script-src 'unsafe-inline'", ' https://a.example'],
    ['not a url; default-src *', ''],
  ])
    it(`lets forms lead to ${redirect} and adds nothing else`, async () => {
      const at = await sitDown(people, { redirect: redirect ?? '' }).open()
      const { headers } = at.answer as { headers: Record<string, string> }
      expect(headers['content-security-policy']).to.include(`form-action 'self'${source};`)
    })

  it('show the outbox of a demo, and none where there is a gateway', async () => {
    const page = await outboxPage(people, { action: '/oauth/outbox', language: 'en' })
    expect(page?.html).to.match(/\d{6} is your code/)
    const gateway = { url: 'http://127.0.0.1:1', token: undefined, sender: '', entity: '' }
    expect(await outboxPage({ ...people, gateway }, { action: '/', language: 'en' })).to.equal(undefined)
  })
})

describe('Words of the pages', () => {
  it('are the same in both languages, none empty', () => {
    const keys = (texts: object, path = ''): string[] =>
      Object.entries(texts).flatMap(
        ([key, value]: [string, unknown]) =>
        typeof value === 'object' && value !== null ? keys(value, `${path}${key}.`) : [`${path}${key}${value === '' ? ' is empty' : ''}`], // prettier-ignore
      )
    expect(keys(hi).sort()).to.deep.equal(keys(en).sort())
  })

  const liked: [string | undefined, string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['hi', 'hi'],
    ['hi-IN,en;q=0.5', 'hi'],
    ['en-IN,hi;q=0.9', 'en'],
    ['fr,hi;q=0.2', 'hi'],
    ['hi;q=0,fr', 'en'],
    ['HI ; q=1', 'hi'],
  ]
  for (const [header, language] of liked)
    it(`are in ${language} for Accept-Language ${JSON.stringify(header)}`, () =>
      expect(languageOf(header)).to.equal(language))

  it('read scopes of both versions', () => {
    const read = (scope: string) => {
      const { type, reads, writes, only } = readScope(scope) ?? {}
      return [type, reads, writes, only]
    }
    expect(read('patient/*.read')).to.deep.equal(['*', true, false, undefined])
    expect(read('patient/Condition.write')).to.deep.equal(['Condition', false, true, undefined])
    expect(read('user/Observation.*')).to.deep.equal(['Observation', true, true, undefined])
    expect(read('user/Observation.cruds')).to.deep.equal(['Observation', true, true, undefined])
    expect(read('patient/Observation.rs?category=http://x|laboratory')).to.deep.equal(['Observation', true, false, 'laboratory']) // prettier-ignore
    expect(['openid', 'launch/patient', 'system/*.rs'].map(readScope)).to.deep.equal(Array(3).fill(undefined))
  })

  it('count years as they are counted on a birthday', () => {
    expect(['1990-11-23', '1990-11-24', '1990', '1990-12', '2026-11-23', '2027', '1800'].map((birth) => ageOn(birth, '2026-11-23'))).to.deep.equal([36, 35, 36, 35, 0, undefined, undefined]) // prettier-ignore
  })
})
