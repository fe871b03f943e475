import { SpecFault } from '../source.ts'

/** One step of a JSON path: a member, all elements (also of what should have been a list), one element, a filter. */
export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'where'; readonly path: readonly Step[]; readonly equal: boolean; readonly value: string }

export interface Path {
  /** `$.`: from the record, also inside of an `each`. */
  readonly fromRecord: boolean
  readonly steps: readonly Step[]
}

/**
 * `a.b[0].c`, `items[*].x`, `items[?type=drug].name`, `["name with . in it"].x`, `$.a`, `$` and `.` (the whole). Names may
 * hold anything but `.` and brackets.
 */
export function parsePath(text: string): Path {
  const trimmed = text.trim()
  if (trimmed === '') throw new SpecFault('The path is empty.')
  const fromRecord = trimmed === '$' || trimmed.startsWith('$.') || trimmed.startsWith('$[')
  const rest = fromRecord ? trimmed.slice(trimmed[1] === '.' ? 2 : 1) : trimmed
  if (rest === '' || rest === '.') return { fromRecord, steps: [] }
  return { fromRecord, steps: stepsOf(rest, text) }
}

function stepsOf(text: string, whole: string): Step[] {
  const steps: Step[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === '[') {
      const end = closing(text, at)
      if (end < 0) throw new SpecFault(`\`${whole}\` lacks a closing \`]\`.`)
      steps.push(bracket(text.slice(at + 1, end).trim(), whole))
      at = end + 1
      if (at < text.length && text[at] !== '.' && text[at] !== '[') {
        throw new SpecFault(`\`${whole}\`: after \`]\` comes \`.\` or \`[\`.`)
      }
    } else {
      const end = /[.[]/.exec(text.slice(at))?.index
      const name = end === undefined ? text.slice(at) : text.slice(at, at + end)
      if (name.trim() === '') throw new SpecFault(`\`${whole}\` has a step without a name.`)
      steps.push({ kind: 'name', name: name.trim() })
      at += name.length
    }
    if (text[at] === '.') {
      at++
      if (at === text.length || text[at] === '.') throw new SpecFault(`\`${whole}\` has a step without a name.`)
    }
  }
  return steps
}

/** The bracket that closes the one at `open`; those inside quotes do not count. */
function closing(text: string, open: number): number {
  let quote = ''
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const char = text[at] as string
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth++
    else if (char === ']' && --depth === 0) return at
  }
  return -1
}

function bracket(inner: string, whole: string): Step {
  if (inner === '*') return { kind: 'all' }
  if (/^\d{1,6}$/.test(inner)) return { kind: 'index', index: Number(inner) }
  if (/^(["']).*\1$/.test(inner)) return { kind: 'name', name: inner.slice(1, -1) }
  const test = /^\?\s*([^=!]+?)\s*(!?=)=?\s*(.*)$/.exec(inner)
  if (test) {
    const value = (test[3] ?? '').trim()
    const quoted = /^(["'])(.*)\1$/.exec(value)
    const path = stepsOf((test[1] ?? '').replace(/^@\./, ''), whole)
    return { kind: 'where', path, equal: test[2] === '=', value: quoted?.[2] ?? value }
  }
  throw new SpecFault(`\`${whole}\`: \`[${inner}]\` is none of \`[0]\`, \`[*]\`, \`[?name=value]\` and \`["a name"]\`.`)
}
