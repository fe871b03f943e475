import { headOf, textOf } from '../../store/body.ts'
import type { Shown } from '../shown.ts'

export interface Link {
  readonly relation: 'self' | 'first' | 'next'
  readonly url: string
}

export interface Listed {
  readonly links: readonly Link[]
  readonly entries: readonly string[]
  readonly total?: Counted
}

export interface Counted {
  readonly n: number
  readonly estimated: boolean
}

const ESTIMATED = 'urn:parchi:total-is-an-estimate'

/** A searchset Bundle (https://hl7.org/fhir/R4/bundle.html#searchset), written from texts as they are stored. */
export function searchset({ links, entries, total }: Listed): string {
  const link = links.map(({ relation, url }) => `{"relation":"${relation}","url":${JSON.stringify(url)}}`)
  const entry = entries.length > 0 ? `,"entry":[${entries.join(',')}]` : ''
  return `{"resourceType":"Bundle","type":"searchset"${totalText(total)},"link":[${link.join(',')}]${entry}}`
}

/** An estimate says so, so that nobody takes it for the number. */
function totalText(total: Counted | undefined): string {
  if (!total) return ''
  const mark = `,"_total":{"extension":[{"url":"${ESTIMATED}","valueBoolean":true}]}`
  return `,"total":${total.n}${total.estimated ? mark : ''}`
}

export type Write = (row: Shown) => string

export function entryOf(base: string, row: Shown, mode: 'match' | 'include', write: Write): string {
  return `{"fullUrl":"${base}/${row.type}/${row.id}","resource":${write(row)},"search":{"mode":"${mode}"}}`
}

/** The stored text, untouched. */
export function asStored(row: Shown): string {
  return row.body === null ? headOf(row) + '}}' : textOf({ ...row, body: row.body })
}

export function outcomeEntry(message: string): string {
  const issue = { severity: 'warning', code: 'incomplete', details: { text: message } }
  const resource = { resourceType: 'OperationOutcome', issue: [issue] }
  return JSON.stringify({ resource, search: { mode: 'outcome' } })
}
