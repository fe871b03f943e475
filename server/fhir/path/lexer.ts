import { PathError } from './ast.ts'

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean; readonly at: number }
  | {
      readonly kind: 'string' | 'number' | 'temporal' | 'variable' | 'special' | 'sign'
      readonly text: string
      readonly at: number
    }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number }

const space = /(?:\s+|\/\/[^\n\r]*|\/\*[^]*?\*\/)+/y
const patterns = [
  [
    'temporal',
    /@(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?|\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)/y,
  ],
  ['number', /\d+(?:\.\d+)?/y],
  ['special', /\$(?:this|index|total)\b/y],
  ['variable', /%(?:[A-Za-z_][\w-]*|`(?:[^`\\]|\\[^])*`|'(?:[^'\\]|\\[^])*')/y],
  ['word', /[A-Za-z_]\w*|`(?:[^`\\]|\\[^])*`/y],
  ['string', /'(?:[^'\\]|\\[^])*'/y],
  ['sign', /<=|>=|!=|!~|[.[\](){},|+\-*/&<>=~]/y],
] as const

/** Longest expression read: the longest one of R4 has 1,700 characters. */
const MAX_LENGTH = 20_000

export function lex(expression: string): Token[] {
  if (expression.length > MAX_LENGTH) throw new PathError(`longer than ${MAX_LENGTH} characters`)
  const tokens: Token[] = []
  let at = skipSpace(expression, 0)
  while (at < expression.length) {
    const token = next(expression, at)
    tokens.push(token[0])
    at = skipSpace(expression, token[1])
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}

function skipSpace(text: string, at: number): number {
  space.lastIndex = at
  return space.test(text) ? space.lastIndex : at
}

function next(expression: string, at: number): [Token, number] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const text = pattern.exec(expression)?.[0]
    if (text === undefined) continue
    return [kind === 'word' ? word(text, at) : { kind, text: cleaned(kind, text), at }, at + text.length]
  }
  throw new PathError(`unexpected character at ${at + 1}`)
}

function word(text: string, at: number): Token {
  const quoted = text.startsWith('`')
  return { kind: 'word', text: quoted ? unescape(text.slice(1, -1)) : text, quoted, at }
}

function cleaned(kind: string, text: string): string {
  if (kind === 'string') return unescape(text.slice(1, -1))
  if (kind === 'temporal') return text.slice(1)
  if (kind === 'variable') return /^%[`']/.test(text) ? unescape(text.slice(2, -1)) : text.slice(1)
  return text
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' }

function unescape(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|[^])/g, (_, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    if (!/[`'\\/"nrtf]/.test(escaped)) return escaped
    return escapes[escaped] ?? escaped
  })
}
