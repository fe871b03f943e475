import { maskMobile, readCode } from '../../people/mobile.ts'
import { tryOtp } from '../../people/otp.ts'
import { peopleOnMobile } from '../../patients/find/by-mobile.ts'
import { markup } from './html.ts'
import { sendCode } from './mobile.ts'
import { button, faultOf, field, form, go, later, stay, type Page, type View } from './page.ts'
import { dayOf, personOf } from './person.ts'
import type { Place } from './state.ts'

export const code: Page<'code'> = {
  show(view, { mobile }) {
    const { title, sent, code: label, again } = view.texts.code
    const body = markup`${faultOf(view)}<p>${sent(maskMobile(mobile))}</p>
${form(
  view,
  'code',
  field(view, { name: 'code', label, autocomplete: 'one-time-code', digits: true }),
  button(view.texts.next),
  button(again, 'plain', 'again'),
  button(view.texts.back, 'quiet', 'back'),
)}`
    return { title, body }
  },

  async take(view, { mobile, otp }, given) {
    const { people, ask, texts } = view
    if (given.has('again')) return sendCode(view, mobile)
    const typed = readCode((given.get('code') ?? '').slice(0, 40))
    if (typed === undefined) return stay(texts.code.form, 'code')
    const tried = await tryOtp(people, { id: otp, mobile, code: typed, ip: ask.ip })
    if (tried.kind === 'later') return later(view, tried.wait)
    if (tried.kind === 'wrong') return stay(texts.code.wrong(tried.left), 'code')
    return tried.kind === 'spent' ? stay(texts.code.spent, 'code') : go(await familyOf(view, mobile), 'sms')
  },
}

/** With more people it is a clinic's number, or a made-up one: whoever holds it is no family. */
const FAMILY = 15

async function familyOf({ people }: View, mobile: string): Promise<Place> {
  const found = await peopleOnMobile(people.house.db, mobile, dayOf(people.now()))
  if (found.length === 0 || found.length > FAMILY) return { page: 'nobody', many: found.length > FAMILY }
  return { page: 'family', people: found.map(({ id, patient }) => personOf(id, patient)) }
}
