import { text as readAll } from 'node:stream/consumers'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Bundle, Patient } from '@medplum/fhirtypes'
import type { Caller } from '../../context.ts'
import { FhirError } from '../../errors.ts'
import { desk } from '../../interactions/desk.ts'
import type { Account } from '../../people/account.ts'
import { markup } from './html.ts'
import { button, choices, chosen, faultOf, field, form, go, stay, type Page, type View } from './page.ts'
import { dayOf, detailsOf, nameOf, personOf, type Person } from './person.ts'

/** For whom an application is opened (launch/patient): staff search among those they see. */
export const patient: Page<'patient'> = {
  show(view, { people, text = '' }) {
    const { texts, language } = view
    const { title, about, text: label, search, found } = texts.patient
    const today = dayOf(view.people.now())
    const rows = people.map((one) => ({ text: nameOf(one, language, texts), small: detailsOf(one, texts, today) }))
    const body = markup`${faultOf(view)}<p>${about(view.ask.client)}</p>
${form(view, 'patient', field(view, { name: 'text', label, autocomplete: 'off', value: text }), button(search))}
${people.length > 0 && markup`<h2>${found}</h2>`}
${form(view, 'patient', choices('person', rows), button(texts.others, 'quiet', 'back'))}`
    return { title, body }
  },

  async take(view, { account, people }, given) {
    const { texts } = view
    const person = chosen(given, 'person', people)
    if (person) return go({ page: 'consent', account, patient: person.id, about: person })
    const text = (given.get('text') ?? '').trim().slice(0, 200)
    if (text === '') return stay(texts.patient.missing, 'text')
    const found = await findPeople(view, account, text)
    const at = { page: 'patient', account, text, people: found ?? [] } as const
    if (found === undefined) return { ...stay(texts.patient.forbidden, 'text', 403), at }
    return found.length === 0 ? { ...stay(texts.patient.nobody, 'text'), at } : go(at)
  },
}

/** Through the desk, as whom they are; undefined when their role sees no patients. */
async function findPeople({ people, ask }: View, account: Account, text: string): Promise<Person[] | undefined> {
  if (account.kind !== 'staff') return undefined
  const { id, role, facility } = account
  const actor: Caller = {
    kind: 'staff',
    id,
    app: 'login',
    role,
    ...(facility !== undefined && { facility }),
    scopes: [{ context: 'user', type: '*', verbs: 'rs' }],
    grant: ask.uid,
  }
  const context = { requestId: randomUUID(), actor, base: people.base }
  const request = { method: 'GET', path: ['Patient', '$find'], query: [['text', text]], headers: {} } as const
  try {
    const { body } = await desk(people.house, context, request)
    const bundle = JSON.parse(body instanceof Readable ? await readAll(body) : String(body ?? '{}')) as Bundle<Patient>
    return (bundle.entry ?? []).flatMap(({ resource }) =>
      resource?.id === undefined ? [] : [personOf(resource.id, resource, true)],
    )
  } catch (error) {
    if (error instanceof FhirError && error.refusal === 'forbidden') return undefined
    throw error
  }
}
