import { markup, type Html } from './html.ts'
import { button, faultOf, form, type Page } from './page.ts'
import { dayOf, detailsOf, nameOf } from './person.ts'
import type { Texts } from './texts.ts'

/** What an application asks for, in plain words, each to be left out: a scope a tick. */
export const consent: Page<'consent'> = {
  show(view, { about, account }) {
    const { texts, ask, language } = view
    const { title, whose, may, untick, yes, no } = texts.consent
    const who = about && `${nameOf(about, language, texts)} (${detailsOf(about, texts, dayOf(view.people.now()))})`
    const part = account.kind === 'staff' ? texts.role.names[account.role] : undefined
    const { ticks, fixed } = sorted(ask.scopes)
    const body = markup`${faultOf(view)}${part !== undefined && markup`<p>${part}</p>`}${who !== undefined && markup`<p>${whose(who)}</p>`}
<h2 id="may">${may}</h2>
${fixed.some((scope) => IDENTITY.has(scope)) && markup`<p>${texts.consent.you}</p>`}
${ticks.length > 0 && markup`<p class="hint">${untick}</p>`}
${form(
  view,
  'consent',
  markup`<div role="group" aria-labelledby="may">${ticks.map((scope) => tick(scope, ask.scopes.indexOf(scope), texts))}</div>`,
  button(yes),
  button(no, 'plain', 'no'),
  button(texts.others, 'quiet', 'back'),
)}`
    return { title: title(ask.client), body }
  },

  async take({ ask }, _, given) {
    if (given.has('no')) return { kind: 'refused' }
    const ticked = new Set(given.getAll('scope'))
    const { fixed } = sorted(ask.scopes)
    const scopes = ask.scopes.filter((scope, i) => fixed.includes(scope) || ticked.has(String(i)))
    return { kind: 'allowed', scopes }
  },
}

const IDENTITY = new Set(['openid', 'fhirUser', 'profile'])

/** What is asked for by itself, and what goes without saying with it: who somebody is, and of whom it is about. */
function sorted(scopes: readonly string[]): { ticks: string[]; fixed: string[] } {
  const isTick = (scope: string) => scope === 'offline_access' || readScope(scope) !== undefined
  return { ticks: scopes.filter(isTick), fixed: scopes.filter((scope) => !isTick(scope)) }
}

interface Words {
  readonly context: 'patient' | 'user'
  readonly type: string
  readonly reads: boolean
  readonly writes: boolean
  readonly only?: string
}

/** SMART App Launch 2, scopes of both versions; undefined for what is no scope on data. */
export function readScope(scope: string): Words | undefined {
  const [, context, type = '', verbs = '', query] =
    /^(patient|user)\/(\*|[A-Z][A-Za-z]+)\.([a-z*]+)(?:\?(.*))?$/.exec(scope) ?? []
  if (context !== 'patient' && context !== 'user') return undefined
  const [v1, all] = [/^(read|write|\*)$/.test(verbs), verbs === '*']
  const reads = v1 ? all || verbs === 'read' : /[rs]/.test(verbs)
  const writes = v1 ? all || verbs === 'write' : /[cud]/.test(verbs)
  const only = query === undefined ? undefined : [...new URLSearchParams(query).values()].map(short).join(', ')
  return { context, type, reads, writes, ...(only && { only }) }
}

/** The code of `system|code`. */
function short(value: string): string {
  return value
    .split(',')
    .map((one) => one.split('|').at(-1) ?? one)
    .join(', ')
}

function tick(scope: string, place: number, texts: Texts): Html {
  return markup`<label class="tick"><input type="checkbox" name="scope" value="${place}" checked><span>${wordsOf(scope, texts)}</span></label>`
}

function wordsOf(scope: string, { consent: words, types }: Texts): Html {
  const read = readScope(scope)
  if (!read) return markup`${words.offline}`
  const { type, reads, writes, only, context } = read
  const may = reads && writes ? words.both : writes ? words.write : words.read
  const limited = only === undefined ? '' : ` (${words.only(only)})`
  const whose = context === 'patient' ? words.one : words.many
  return markup`<strong>${types[type] ?? type}</strong>${limited}: ${may}<span class="hint">${whose}</span>`
}
