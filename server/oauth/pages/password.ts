import { showPassword, showTotp, type Shown as Answer } from '../../people/staff/login.ts'
import { choosePassword, markOf, staffById } from '../../people/staff/staff.ts'
import { afterStaff } from './after.ts'
import { markup } from './html.ts'
import { button, faultOf, field, form, go, later, stay, type Next, type Page, type View } from './page.ts'

export const password: Page<'password'> = {
  show(view, { username = '' }) {
    const { title, username: name, password: word, forgotten, account } = view.texts.password
    const body = markup`${faultOf(view)}<p>${view.ask.own ? view.texts.account.to : view.texts.door.to(view.ask.client)}</p>
${form(
  view,
  'password',
  field(view, { name: 'username', label: name, autocomplete: 'username', value: username }),
  field(view, { name: 'password', label: word, type: 'password', autocomplete: 'current-password' }),
  button(view.texts.next),
  view.ask.doors.length > 1 && button(view.texts.back, 'quiet', 'back'),
)}<p class="hint">${forgotten}</p>${!view.ask.own && markup`<p><a class="open" href="/oauth/account">${account}</a></p>`}`
    return { title, body }
  },

  async take(view, _, given) {
    const { people, ask, texts } = view
    const [username, word] = [(given.get('username') ?? '').trim().slice(0, 100), given.get('password') ?? '']
    if (username === '' || word === '') return { ...stay(texts.password.missing), at: { page: 'password', username } }
    const shown = word.length > 512 ? WRONG : await showPassword(people, { username, ip: ask.ip }, word)
    if (shown.kind === 'wrong') return { ...stay(texts.password.wrong), at: { page: 'password', username } }
    return next(view, shown, username, 'pwd')
  },
}

const WRONG: Answer = { kind: 'wrong' }

export const totp: Page<'totp'> = {
  show(view) {
    const { title, code, hint } = view.texts.totp
    const body = markup`${faultOf(view)}${form(
      view,
      'totp',
      field(view, { name: 'code', label: code, hint, autocomplete: 'one-time-code', digits: true }),
      button(view.texts.next),
      button(view.texts.back, 'quiet', 'back'),
    )}`
    return { title, body }
  },

  async take(view, { id, username }, given) {
    const shown = await showTotp(view.people, { username, ip: view.ask.ip }, id, given.get('code') ?? '')
    if (shown.kind === 'wrong') return stay(view.texts.totp.wrong, 'code')
    return next(view, shown, username, 'otp')
  },
}

async function next(view: View, shown: Answer, username: string, amr: string): Promise<Next> {
  if (shown.kind === 'later') return later(view, shown.wait)
  if (shown.kind === 'wrong') return stay(view.texts.password.wrong)
  const { id, mark } = shown
  const at = shown.next === 'totp' ? ({ page: 'totp', id, username } as const) : undefined
  return go(at ?? (shown.next === 'password' ? { page: 'choose', id } : await afterStaff(view, id)), amr, { id, mark })
}

/** A password of their own instead of the one-time one. */
export const choose: Page<'choose'> = {
  show(view) {
    const { title, why, password: word, hint, again } = view.texts.choose
    const body = markup`${faultOf(view)}<p>${why}</p>
${form(
  view,
  'choose',
  field(view, { name: 'password', label: word, hint, type: 'password', autocomplete: 'new-password' }),
  field(view, { name: 'again', label: again, type: 'password', autocomplete: 'new-password' }),
  button(view.texts.next),
  button(view.texts.back, 'quiet', 'back'),
)}`
    return { title, body }
  },

  async take(view, { id }, given) {
    const { people, texts } = view
    const word = (given.get('password') ?? '').slice(0, 512)
    if (word !== given.get('again')) return stay(texts.choose.differ, 'again')
    const staff = await staffById(people, id)
    if (!staff?.active || staff.password_until === null) return go({ page: 'password' })
    const wrong = await choosePassword(people, staff, word)
    if (wrong) return stay(texts.choose[wrong], 'password')
    const chosen = await staffById(people, id)
    return go(await afterStaff(view, id), undefined, chosen && { id, mark: markOf(people, chosen) })
  },
}
