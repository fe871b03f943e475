/**
 * Where JSON.parse gave up. Its own message quotes the content and often lacks the place, so the text is read again,
 * by the grammar of RFC 8259, until it goes wrong. Only run on text that JSON.parse has refused.
 */
export function positionOfFault(text: string): [offset: number, what: string] {
  const closers: string[] = []
  let at = 0
  const next = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const fault = (expected: string): [number, string] => [at, at >= text.length ? 'ends too early' : `lacks ${expected}`]

  next(SPACE)
  for (;;) {
    // a value, opening as many containers as start here
    if (next(OPEN_OBJECT)) {
      closers.push('}')
      if (!next(CLOSE_OBJECT)) {
        if (!next(KEY)) return fault('a member name in double quotes followed by a colon, or a closing brace')
        continue
      }
      closers.pop()
    } else if (next(OPEN_ARRAY)) {
      closers.push(']')
      if (!next(CLOSE_ARRAY)) continue
      closers.pop()
    } else if (!next(SCALAR)) {
      return fault('a value')
    }
    // after a value: close, or go on
    for (;;) {
      const closer = closers.at(-1)
      if (closer === undefined) return at < text.length ? [at, 'goes on after its end'] : [at, 'cannot be read']
      if (next(closer === '}' ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        closers.pop()
        continue
      }
      if (!next(COMMA)) return fault(`a comma or ${closer === '}' ? 'a closing brace' : 'a closing bracket'}`)
      if (closer === '}' && !next(KEY)) return fault('a member name in double quotes followed by a colon')
      break
    }
  }
}

const SPACE = /[ \t\n\r]*/y
const OPEN_OBJECT = /\{[ \t\n\r]*/y
const CLOSE_OBJECT = /\}[ \t\n\r]*/y
const OPEN_ARRAY = /\[[ \t\n\r]*/y
const CLOSE_ARRAY = /\][ \t\n\r]*/y
const COMMA = /,[ \t\n\r]*/y
// eslint-disable-next-line no-control-regex -- JSON forbids raw control characters in strings, so the grammar names them
const KEY = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"[ \t\n\r]*:[ \t\n\r]*/y
const SCALAR =
  // eslint-disable-next-line no-control-regex -- as above
  /(?:"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)[ \t\n\r]*/y

/** Where an object of well-formed JSON has a second member of one name. */
export function placeOfRepetition(text: string): [offset: number, what: string] {
  const names: Set<string>[] = []
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token.endsWith('"')) continue
    if (token === '{') names.push(new Set())
    else if (token === '}') names.pop()
    else {
      const name = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string
      if (names.at(-1)?.has(name)) return [index, 'has a second member of the same name in one object']
      names.at(-1)?.add(name)
    }
  }
  return [0, 'has two members of the same name in one object']
}

/** Braces, and strings with the colon that makes them names. */
const TOKEN = /[{}]|"(?:[^"\\]|\\.)*"(?:[ \t\n\r]*:)?/g
