import type { People } from '../../people/people.ts'
import { keyed } from '../../people/seal.ts'
import type { Language } from '../../people/sms/templates.ts'
import type { Ask, Form } from './contract.ts'
import { Html, markup } from './html.ts'
import type { Name, Place, Proof } from './state.ts'
import type { Texts } from './texts.ts'

/** What a page is made from, besides its place. */
export interface View {
  readonly people: People
  readonly ask: Ask
  readonly language: Language
  readonly texts: Texts
  readonly fault?: Fault
}

/** What is wrong with what was sent: in words, at a field or for the whole page. */
export interface Fault {
  readonly text: string
  readonly field?: string
  /** 400 when absent. */
  readonly status?: number
}

export interface Shown {
  readonly title: string
  readonly body: Html
}

export type Next =
  | { readonly kind: 'go'; readonly at: Place; readonly amr?: string; readonly proof?: Proof }
  | { readonly kind: 'stay'; readonly fault: Fault; readonly at?: Place }
  | { readonly kind: 'allowed'; readonly scopes: readonly string[] }
  | { readonly kind: 'refused' }

/** One page: what it shows, and what its form leads to. */
export interface Page<N extends Name> {
  show(view: View, at: Place<N>): Shown
  take(view: View, at: Place<N>, form: Form): Promise<Next>
}

export function go(at: Place, amr?: string, proof?: Proof): Next & { kind: 'go' } {
  return { kind: 'go', at, ...(amr !== undefined && { amr }), ...(proof && { proof }) }
}

export function stay(text: string, field?: string, status?: number): Next & { kind: 'stay' } {
  return {
    kind: 'stay',
    fault: { text, ...(field !== undefined && { field }), ...(status !== undefined && { status }) },
  }
}

/** Tried too often. */
export function later({ texts }: View, wait: number): Next {
  return stay(texts.later(wait), undefined, 429)
}

/** Only who was shown the form can send it: bound to the interaction, whose cookie the route has seen. */
export function csrfOf({ keys }: People, uid: string): string {
  return keyed(keys.sign, 'csrf', uid).toString('base64url')
}

export function form({ people, ask }: View, page: Name, ...inside: readonly (Html | false)[]): Html {
  return markup`<form method="post" action="${ask.action}">
<input type="hidden" name="csrf" value="${csrfOf(people, ask.uid)}"><input type="hidden" name="page" value="${page}">
${inside}
</form>
` // prettier-ignore
}

/** What is wrong with the page as a whole, read out first. */
export function faultOf({ fault }: View): Html | false {
  return fault !== undefined && fault.field === undefined && markup`<div class="fault" role="alert">${fault.text}</div>`
}

interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly type?: 'text' | 'password' | 'tel'
  readonly autocomplete: string
  readonly value?: string
  /** A code: large, digits. */
  readonly digits?: boolean
}

/** A labelled field; its hint and what is wrong with it belong to it for whoever listens instead of reading. */
export function field({ fault }: View, { name, label, hint, type = 'text', autocomplete, value, digits }: Field): Html {
  const wrong = fault?.field === name ? fault.text : undefined
  const about = [hint !== undefined && `${name}-hint`, wrong !== undefined && `${name}-fault`].filter(Boolean).join(' ')
  const extra = [
    digits === true ? ' inputmode="numeric" class="code" maxlength="12"' : '',
    name === 'username' ? ' autocapitalize="none" spellcheck="false"' : '',
    wrong !== undefined ? ' aria-invalid="true" autofocus' : '',
  ].join('')
  return markup`<label for="${name}">${label}</label>
${hint !== undefined && markup`<span class="hint" id="${name}-hint">${hint}</span>`}
${wrong !== undefined && markup`<p class="fault" id="${name}-fault" role="alert">${wrong}</p>`}
<input id="${name}" name="${name}" type="${type}" required autocomplete="${autocomplete}"${about !== '' && markup` aria-describedby="${about}"`}${value !== undefined && markup` value="${value}"`}${new Html(extra)}>
` // prettier-ignore
}

export function button(text: string, kind: 'main' | 'plain' | 'quiet' = 'main', name?: string, value = '1'): Html {
  // Whoever goes back has filled in nothing.
  const named = name !== undefined && markup` name="${name}" value="${value}" formnovalidate`
  return markup`<button class="${kind}"${named}>${text}</button>\n`
}

/** Buttons to choose from, each with what tells it apart. */
export function choices(name: string, rows: readonly { readonly text: string; readonly small: string }[]): Html {
  if (rows.length === 0) return markup``
  return markup`<ul class="choose">${rows.map(({ text, small }, i) => markup`<li><button name="${name}" value="${i}">${text}<small>${small}</small></button></li>`)}</ul>` // prettier-ignore
}

/** What was chosen of a list that was shown. */
export function chosen<T>(given: Form, name: string, from: readonly T[]): T | undefined {
  const text = given.get(name) ?? ''
  return /^\d{1,3}$/.test(text) ? from[Number(text)] : undefined
}
