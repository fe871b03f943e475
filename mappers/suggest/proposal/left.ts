import type { Unbound } from '../columns/column.ts'
import { line, quoted, type Line } from './lines.ts'
import type { Proposal } from './proposal.ts'
import { aadhaarIn } from './source.ts'

/** How the lines of unread columns begin. */
const UNREAD = '#   '

/** Remarks on what is in the sample and not in the bindings; an Aadhaar number is never taken in. */
export function leftLines({ findings, sample }: Proposal, unused: readonly Unbound[]): Line[] {
  const aadhaar = aadhaarIn(findings.found)
  const rest = unused.filter(({ path }) => !aadhaar.includes(path))
  return [
    ...paragraph(sample.twins.map(twinText)),
    ...paragraph(rest.length > 0 ? [NOT_BOUND, ...rest.map(unreadText)] : []),
  ]
}

/** How many columns a proposal leaves unread. */
export function leftBy(lines: readonly Line[]): number {
  return lines.filter(({ text }) => text.startsWith(UNREAD)).length
}

const NOT_BOUND = '# Not bound; bind them by hand, or leave them: they are told as HDR_NEW and lost.'

function twinText(name: string): string {
  return `# Two columns are called ${quoted(onOneLine(name))}: neither can be read until one of them is called otherwise.`
}

function unreadText({ path, reason }: Unbound): string {
  return `${UNREAD}${onOneLine(path)}${reason === undefined ? '' : `: ${reason}`}`
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

function paragraph(texts: readonly string[]): Line[] {
  return texts.length === 0 ? [] : ['', ...texts].map((text) => line(text))
}
