import { colleaguesOf, help } from '../../people/staff/colleagues.ts'
import { showPassword } from '../../people/staff/login.ts'
import { choosePassword, logOut, markOf, staffById } from '../../people/staff/staff.ts'
import { addressOf, confirmTotp, newSecret } from '../../people/staff/totp.ts'
import { accountPlace, afterStaff } from './after.ts'
import { markup } from './html.ts'
import {
  button,
  choices,
  chosen,
  faultOf,
  field,
  form,
  go,
  later,
  stay,
  type Next,
  type Page,
  type View,
} from './page.ts'
import { qrCode } from './qr.ts'
import type { Place } from './state.ts'

/** The account as it is after something changed that ended all logins, this one excepted. */
async function goOn(view: View, id: string, at: Place, amr?: string): Promise<Next> {
  const staff = await staffById(view.people, id)
  return go(at, amr, staff && { id, mark: markOf(view.people, staff) })
}

export const account: Page<'account'> = {
  show(view, { username, name, totp, helps, done }) {
    const { title, notes, ...texts } = view.texts.account
    const body = markup`${faultOf(view)}${done !== undefined && markup`<div class="done" role="status">${notes[done]}</div>`}
<p>${name}<span class="hint">${username}</span></p>
<p>${totp ? texts.hasTotp : texts.noTotp}</p>
${form(
  view,
  'account',
  button(texts.change, 'plain', 'change'),
  button(totp ? texts.enrolAgain : texts.enrol, 'plain', 'enrol'),
  helps && button(texts.help, 'plain', 'help'),
  button(texts.everywhere, 'plain', 'everywhere'),
  button(texts.out, 'main', 'out'),
)}`
    return { title, body }
  },

  async take(view, { id, username }, given) {
    if (given.has('change')) return go({ page: 'change', id, username })
    if (given.has('enrol')) return go({ page: 'enrol', id, username, secret: newSecret() })
    if (given.has('help')) return go({ page: 'colleagues', id, people: await colleaguesOf(view.people, id) })
    if (given.has('out')) return { kind: 'refused' }
    if (!given.has('everywhere')) return stay(view.texts.errors.csrf)
    await view.people.house.db.transaction((tx) => logOut(tx, id))
    return goOn(view, id, await accountPlace(view, id, 'everywhere'))
  },
}

/** Their password, by who knows the one they have. */
export const change: Page<'change'> = {
  show(view) {
    const { title, old } = view.texts.change
    const { password, hint, again } = view.texts.choose
    const body = markup`${faultOf(view)}${form(
      view,
      'change',
      field(view, { name: 'old', label: old, type: 'password', autocomplete: 'current-password' }),
      field(view, { name: 'password', label: password, hint, type: 'password', autocomplete: 'new-password' }),
      field(view, { name: 'again', label: again, type: 'password', autocomplete: 'new-password' }),
      button(title),
      button(view.texts.account.back, 'quiet', 'leave'),
    )}`
    return { title, body }
  },

  async take(view, { id, username }, given) {
    const { people, texts, ask } = view
    if (given.has('leave')) return go(await accountPlace(view, id))
    const [old, word] = [given.get('old') ?? '', (given.get('password') ?? '').slice(0, 512)]
    if (word !== given.get('again')) return stay(texts.choose.differ, 'again')
    const shown = old.length > 512 ? WRONG : await showPassword(people, { username, ip: ask.ip }, old)
    if (shown.kind === 'later') return later(view, shown.wait)
    const staff = shown.kind === 'right' ? await staffById(people, id) : undefined
    if (!staff || shown.kind !== 'right' || shown.id !== id) return stay(texts.change.wrong, 'old')
    const wrong = await choosePassword(people, staff, word)
    return wrong ? stay(texts.choose[wrong], 'password') : goOn(view, id, await accountPlace(view, id, 'password'))
  },
}

const WRONG = { kind: 'wrong' } as const

/** A secret for an authenticator app: to be scanned, opened on this telephone, or typed; taken when a code of it is told. */
export const enrol: Page<'enrol'> = {
  show(view, { username, secret, must }) {
    const { title, why, scan, open, type, code, hint } = view.texts.enrol
    const address = addressOf(secret, username)
    const body = markup`${faultOf(view)}${must === true && markup`<p>${why}</p>`}<p>${scan}</p>
${qrCode(address)}
<p><a class="open" href="${address}">${open}</a></p>
<p>${type}<code class="secret">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
${form(
  view,
  'enrol',
  field(view, { name: 'code', label: code, hint, autocomplete: 'one-time-code', digits: true }),
  button(view.texts.next),
  must === true ? button(view.texts.back, 'quiet', 'back') : button(view.texts.account.back, 'quiet', 'leave'),
)}`
    return { title, body }
  },

  async take(view, { id, username, secret, must }, given) {
    const { people, texts } = view
    if (given.has('leave') && must !== true) return go(await accountPlace(view, id))
    const typed = (given.get('code') ?? '').slice(0, 40)
    if (!(await confirmTotp(people, { id, username }, secret, typed))) return stay(texts.totp.wrong, 'code')
    return goOn(view, id, must === true ? await afterStaff(view, id) : await accountPlace(view, id, 'totp'), 'otp')
  },
}

/** Hospital IT gives one-time passwords to its own facility's people. */
export const colleagues: Page<'colleagues'> = {
  show(view, { people, given }) {
    const { title, hint, none, done, withTotp } = view.texts.colleagues
    const rows = people.map(({ name, username, totp }) => ({
      text: name,
      small: totp ? `${username} · ${withTotp}` : username,
    }))
    const said =
      given &&
      markup`<div class="done" role="status">${done(given.name)}<code class="secret">${given.password}</code></div>`
    const body = markup`${faultOf(view)}${said}<p>${rows.length === 0 ? none : hint}</p>
${form(view, 'colleagues', choices('person', rows), button(view.texts.account.back, 'quiet', 'leave'))}`
    return { title, body }
  },

  async take(view, { id, people }, given) {
    if (given.has('leave')) return go(await accountPlace(view, id))
    const person = chosen(given, 'person', people)
    const password = person && (await help(view.people, id, person.id))
    if (!person || password === undefined) return stay(view.texts.errors.csrf)
    const at = { page: 'colleagues', id, people: await colleaguesOf(view.people, id) } as const
    return go({ ...at, given: { name: person.name, password } })
  },
}
