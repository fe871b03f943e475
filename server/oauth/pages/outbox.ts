import type { People } from '../../people/people.ts'
import { readOutbox } from '../../people/sms/outbox.ts'
import type { Language } from '../../people/sms/templates.ts'
import { framed, headersOf } from './frame.ts'
import { markup } from './html.ts'
import { textsOf } from './texts.ts'

/**
 * The outbox of a demo, instead of telephones. Undefined where there is a gateway: then nobody reads others' messages
 * here. To be mounted on a loopback address only, and never with NODE_ENV=production.
 */
export async function outboxPage(
  people: People,
  { action, language }: { action: string; language: Language },
): Promise<{ status: number; headers: Record<string, string>; html: string } | undefined> {
  if (people.gateway) return undefined
  const { outbox } = textsOf(language)
  const rows = await readOutbox(people)
  const list = rows.map(({ at, mobile, state, language: own, text }) => {
    const time = new Date(at).toLocaleString('en-IN', { timeZone: 'Asia/Kolkata' })
    return markup`<li><strong>${mobile}</strong> <span class="hint">${time}, ${outbox.states[state]}</span><span lang="${own}">${text}</span></li>`
  })
  const main = markup`<p>${outbox.text}</p>${rows.length === 0 ? markup`<p>${outbox.none}</p>` : markup`<ol class="outbox">${list}</ol>`}`
  const other = `${action}?lang=${language === 'hi' ? 'en' : 'hi'}`
  return { status: 200, headers: headersOf(), html: framed({ language, title: outbox.title, other, main }) }
}
