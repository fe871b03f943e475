import { FhirError } from '../../errors.ts'
import type { People } from '../../people/people.ts'
import { isSame } from '../../people/seal.ts'
import type { Language } from '../../people/sms/templates.ts'
import { markOf, staffById } from '../../people/staff/staff.ts'
import { account, change, colleagues, enrol } from './account.ts'
import { firstPlace } from './after.ts'
import { code } from './code.ts'
import { consent } from './consent.ts'
import type { Answer, Ask, Form } from './contract.ts'
import { door } from './door.ts'
import { error } from './error.ts'
import { family, nobody } from './family.ts'
import { framed, headersOf } from './frame.ts'
import { mobile } from './mobile.ts'
import { csrfOf, stay, type Next, type Page, type Shown, type View } from './page.ts'
import { choose, password, totp } from './password.ts'
import { patient } from './patient.ts'
import { role } from './role.ts'
import { forgetState, keepState, readState, type Name, type Place, type State } from './state.ts'
import { languageOf, textsOf } from './texts.ts'

const pages: { readonly [N in Name]: Page<N> } = {
  door, password, totp, choose, role, mobile, code, family, nobody, patient, consent, error, account, change, enrol, colleagues,
} // prettier-ignore

/** One request of an interaction (contract.ts). */
export async function step(people: People, ask: Ask, form?: Form): Promise<Answer> {
  const kept = await stillProven(people, await readState(people, ask.uid))
  const language = spoken(ask, kept)
  const { at = firstPlace(ask), amr = [], proof } = kept ?? {}
  const state: State = { at, amr, language, ...(proof && { proof }) }
  const view: View = { people, ask, language, texts: textsOf(language) }
  if (form === undefined) return arrive(view, state)
  if (!isSame(Buffer.from(form.get('csrf') ?? ''), Buffer.from(csrfOf(people, ask.uid))))
    return pageOf({ ...view, fault: { text: view.texts.errors.csrf, status: 403 } }, state)
  if (!kept) return shown({ ...view, fault: { text: view.texts.slow } }, state)
  // Sent from a page they have left since: with the button of the browser, or twice.
  if (form.get('page') !== state.at.page) return arrive(view, state)
  if (form.has('back')) return arrive(view, { at: firstPlace(ask, true), amr: [], language })
  return follow(view, state, await taken(view, state.at, form))
}

/** Whose password was changed, or who was removed, since they showed who they are starts again. */
async function stillProven(people: People, kept: State | undefined): Promise<State | undefined> {
  if (!kept?.proof) return kept
  const staff = await staffById(people, kept.proof.id)
  return staff && markOf(people, staff) === kept.proof.mark ? kept : undefined
}

function spoken({ lang, acceptLanguage }: Ask, kept: State | undefined): Language {
  if (lang === 'hi' || lang === 'en') return lang
  return kept?.language ?? languageOf(acceptLanguage)
}

async function taken(view: View, at: Place, form: Form): Promise<Next> {
  try {
    return await takeAt(view, at, form)
  } catch (error) {
    if (error instanceof FhirError && error.refusal === 'unavailable')
      return stay(view.texts.errors.busy, undefined, 503)
    throw error
  }
}

function takeAt<N extends Name>(view: View, at: Place<N>, form: Form): Promise<Next> {
  const page: Page<N> = pages[at.page]
  return page.take(view, at, form)
}

function showAt<N extends Name>(view: View, at: Place<N>): Shown {
  const page: Page<N> = pages[at.page]
  return page.show(view, at)
}

async function follow(view: View, state: State, next: Next): Promise<Answer> {
  if (next.kind === 'go') {
    const { at, amr, proof = state.proof } = next
    return arrive(view, {
      ...state,
      at,
      amr: amr === undefined ? state.amr : [...state.amr, amr],
      ...(proof && { proof }),
    })
  }
  if (next.kind === 'stay') return shown({ ...view, fault: next.fault }, { ...state, at: next.at ?? state.at })
  if (next.kind === 'allowed') return done(view, state, next.scopes)
  await forgetState(view.people, view.ask.uid)
  return { kind: 'refused' }
}

/** Shows where they are now; nothing is left to show when the consent was given before. */
async function arrive(view: View, state: State): Promise<Answer> {
  if (state.at.page === 'consent' && view.ask.consented) return done(view, state, view.ask.scopes)
  return shown(view, state)
}

async function done({ people, ask, language }: View, { at, amr }: State, scopes: readonly string[]): Promise<Answer> {
  if (at.page !== 'consent') throw new Error('only who has come to the consent is done')
  await forgetState(people, ask.uid)
  const { account, patient: chosen } = at
  return { kind: 'done', account, ...(chosen !== undefined && { patient: chosen }), scopes, language, amr }
}

async function shown(view: View, state: State): Promise<Answer> {
  await keepState(view.people, view.ask.uid, state)
  return pageOf(view, state)
}

function pageOf(view: View, { at }: State): Answer {
  const { ask, language, fault } = view
  const { title, body } = showAt(view, at)
  const other = `${ask.action}?lang=${language === 'hi' ? 'en' : 'hi'}`
  const html = framed({ language, title, other, main: body, alarmed: fault !== undefined })
  return { kind: 'page', status: fault ? (fault.status ?? 400) : 200, headers: headersOf(ask.redirect), html }
}
