import { readMobile } from '../../people/mobile.ts'
import { requestOtp } from '../../people/otp.ts'
import { markup } from './html.ts'
import { button, faultOf, field, form, go, later, stay, type Next, type Page, type View } from './page.ts'

/** A patient's mobile. Whether anybody is registered with it is not looked up before the code was right. */
export const mobile: Page<'mobile'> = {
  show(view) {
    const { title, mobile: label, hint, send } = view.texts.mobile
    const body = markup`${faultOf(view)}<p>${view.texts.door.to(view.ask.client)}</p>
${form(
  view,
  'mobile',
  field(view, { name: 'mobile', label, hint, type: 'tel', autocomplete: 'tel-national' }),
  button(send),
  view.ask.doors.length > 1 && button(view.texts.back, 'quiet', 'back'),
)}`
    return { title, body }
  },

  async take(view, _, given) {
    const number = readMobile((given.get('mobile') ?? '').slice(0, 40))
    return number === undefined ? stay(view.texts.mobile.wrong, 'mobile') : sendCode(view, number)
  },
}

export async function sendCode(view: View, number: string): Promise<Next> {
  const { people, ask, language } = view
  const sent = await requestOtp(people, { mobile: number, ip: ask.ip, language })
  return sent.kind === 'later' ? later(view, sent.wait) : go({ page: 'code', mobile: number, otp: sent.id })
}
