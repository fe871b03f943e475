import type { People } from '../../server/people/people.ts'
import type { Answer, Ask } from '../../server/oauth/pages/contract.ts'
import { step } from '../../server/oauth/pages/step.ts'

export const ASK: Ask = {
  uid: 'uid-1',
  action: '/oauth/interaction/uid-1',
  client: 'Growth Chart',
  redirect: 'https://app.example.in/callback?x=1',
  scopes: ['openid', 'fhirUser', 'launch/patient', 'patient/*.rs', 'offline_access'],
  doors: ['patient', 'staff'],
  ip: '10.0.0.1',
}

let count = 0

/** Somebody at the pages of one interaction: what is shown, and forms sent as a browser would send them. */
export function sitDown(people: People, over: Partial<Ask> = {}) {
  const uid = `uid-${++count}`
  const ask: Ask = { ...ASK, uid, action: `/oauth/interaction/${uid}`, ...over }
  let answer: Answer | undefined
  const page = () => {
    if (answer?.kind !== 'page') throw new Error(`not at a page: ${answer?.kind ?? 'nowhere'}`)
    return answer
  }
  const at = {
    ask,
    get answer() {
      return answer
    },
    get html() {
      return page().html
    },
    get title() {
      return /<h1>([^<]*)<\/h1>/.exec(page().html)?.[1] ?? ''
    },
    get status() {
      return page().status
    },
    /** Values of the buttons to choose from, with their text. */
    get choices() {
      return [...page().html.matchAll(/<li><button name="(\w+)" value="(\w+)">([^<]*)<small>([^<]*)<\/small>/g)].map(
        ([, name = '', value = '', text = '', small = '']) => ({ name, value, text, small }),
      )
    },
    async open(lang?: string) {
      answer = await step(people, { ...ask, lang })
      return at
    },
    /** With the hidden fields of the form that is shown, unless `bare`. */
    async send(fields: Readonly<Record<string, string | readonly string[]>>, bare = false) {
      const form = new URLSearchParams()
      if (!bare)
        for (const [, name = '', value = ''] of page().html.matchAll(
          /<input type="hidden" name="(\w+)" value="([^"]*)">/g,
        ))
          form.set(name, value)
      for (const [name, value] of Object.entries(fields)) {
        form.delete(name)
        for (const one of typeof value === 'string' ? [value] : value) form.append(name, one)
      }
      answer = await step(people, ask, form)
      return at
    },
  }
  return at
}
