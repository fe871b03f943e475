/** A piece of markup, by offsets into the text it was found in. */
export interface Tag {
  readonly kind: 'open' | 'close' | 'empty' | 'doctype' | 'other'
  /** Without its prefix. */
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * The next piece of markup from an offset; undefined: there is none yet, and `text.slice(from)` has to be seen again with
 * what follows. A `<` that begins none, or a tag in whose quotes another one begins, is passed over: XML's own parser
 * refuses it where it stands.
 */
export function nextTag(text: string, from: number): Tag | undefined {
  for (let start = text.indexOf('<', from); start >= 0; start = text.indexOf('<', start + 1)) {
    const end = endOf(text, start)
    if (end === undefined) return undefined
    if (end < 0) continue
    return tag(text, start, end)
  }
  return undefined
}

/** After the closing `>`; undefined: not yet; -1: this is no markup. */
function endOf(text: string, start: number): number | undefined {
  const second = text.charCodeAt(start + 1)
  if (second !== second) return undefined
  if (second === 0x21) {
    if (starts(text, '<!--', start)) return after(text, '-->', start + 4)
    if (starts(text, '<![CDATA[', start)) return after(text, ']]>', start + 9)
    if (starts(text, '<!DOCTYPE', start)) return start + 9
    return text.length - start < 9 ? undefined : -1
  }
  if (second === 0x3f) return after(text, '?>', start + 2)
  const at = second === 0x2f ? start + 2 : start + 1
  if (at >= text.length) return undefined
  NAME_START.lastIndex = at
  return NAME_START.test(text) ? endOfTag(text, at) : -1
}

function endOfTag(text: string, from: number): number | undefined {
  let quote = 0
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x3c) return -1
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === 0x22 || code === 0x27) quote = code
    else if (code === 0x3e) return i + 1
  }
  return undefined
}

function tag(text: string, start: number, end: number): Tag {
  const second = text.charCodeAt(start + 1)
  if (second === 0x21 || second === 0x3f) {
    return { kind: starts(text, '<!DOCTYPE', start) ? 'doctype' : 'other', name: '', start, end }
  }
  const close = second === 0x2f
  NAME.lastIndex = start + (close ? 2 : 1)
  const full = NAME.exec(text)?.[0] ?? ''
  const name = full.slice(full.indexOf(':') + 1)
  return { kind: close ? 'close' : text[end - 2] === '/' ? 'empty' : 'open', name, start, end }
}

function after(text: string, what: string, from: number): number | undefined {
  const at = text.indexOf(what, from)
  return at < 0 ? undefined : at + what.length
}

function starts(text: string, what: string, at: number): boolean {
  return text.startsWith(what, at)
}

const NAME_START = /[\p{L}_:]/uy
const NAME = /[^\s/>]+/y
