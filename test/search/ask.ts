import { everythingSeen } from '../../server/access/visit.ts'
import type { Bundle } from '@medplum/fhirtypes'
import { FhirError } from '../../server/errors.ts'
import type { House } from '../../server/interactions/house.ts'
import { search } from '../../server/interactions/search.ts'

export const BASE = 'http://test/fhir'

export interface Answer {
  readonly status: number
  readonly bundle: Bundle
  /** Of the matches, in order: `Patient/1`. */
  readonly matches: string[]
  readonly included: string[]
  readonly next?: string
  readonly self?: string
  /** Of a refusal. */
  readonly messages: string[]
}

/** `Patient?name=x`, or the whole address of a link. */
export async function ask(house: House, address: string, prefer?: string): Promise<Answer> {
  const [place = '', query = ''] = address
    .replace(`${BASE}/`, '')
    .replace(BASE, '')
    .split(/\?(.*)/s)
  const context = { requestId: 'test', actor: { kind: 'open' }, base: BASE } as const
  const path = place.split('/').filter((segment) => segment !== '')
  const request = {
    method: 'GET',
    path,
    query: [...new URLSearchParams(query)],
    headers: prefer === undefined ? {} : { prefer },
  } as const
  try {
    const { status, body } = await search(house, everythingSeen(context), request, {})
    return answerOf(status, JSON.parse(body as string) as Bundle)
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    const messages = error.issues.map(({ message, hint }) => [message, hint].join(' | '))
    return {
      status: error.status,
      bundle: { resourceType: 'Bundle', type: 'searchset' },
      matches: [],
      included: [],
      messages,
    }
  }
}

function answerOf(status: number, bundle: Bundle): Answer {
  const named = (mode: string) =>
    (bundle.entry ?? [])
      .filter(({ search }) => search?.mode === mode)
      .map(({ resource }) => `${resource?.resourceType}/${resource?.id}`)
  const link = (relation: string) => bundle.link?.find((one) => one.relation === relation)?.url
  const [next, self] = [link('next'), link('self')]
  return {
    status,
    bundle,
    matches: named('match'),
    included: named('include'),
    messages: [],
    ...(next !== undefined && { next }),
    ...(self !== undefined && { self }),
  }
}

/** Follows the next links to the end. */
export async function askAll(
  house: House,
  address: string,
  between: () => Promise<void> = async () => {},
): Promise<string[]> {
  const found: string[] = []
  for (let next: string | undefined = address; next !== undefined;) {
    const answer: Answer = await ask(house, next)
    if (answer.status !== 200) throw new Error(answer.messages.join(', '))
    found.push(...answer.matches)
    next = answer.next
    if (next !== undefined) await between()
  }
  return found
}
