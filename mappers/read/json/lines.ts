import { FileStop, issue } from '../../issues.ts'
import type { Found } from './records.ts'

/**
 * JSON lines are told by their first two lines: each begins with a brace, and no object that is laid out over several
 * lines does that. Then each line is a record, and a broken one costs nobody else; anything else goes to `otherwise`.
 */
export async function* inLines(
  texts: AsyncIterable<string>,
  longest: number,
  otherwise: (texts: AsyncIterable<string>) => AsyncIterable<readonly Found[]>,
): AsyncGenerator<readonly Found[]> {
  const iterator = texts[Symbol.asyncIterator]()
  let head = ''
  let lines: boolean | undefined
  while (lines === undefined) {
    const next = await iterator.next()
    if (next.done) break
    head += next.value
    lines = areLines(head)
  }
  const rest = from(head, iterator)
  if (lines) yield* eachLine(rest, longest)
  else yield* otherwise(rest)
}

/** undefined: more of the text is needed to tell. */
function areLines(head: string): boolean | undefined {
  const first = /\S/.exec(head)
  if (!first) return undefined
  if (first[0] !== '{') return false
  const end = head.indexOf('\n', first.index)
  if (end < 0) return head.length > FAR ? false : undefined
  if (/^\{\s*$/.test(head.slice(first.index, end))) return false
  const second = /\S/.exec(head.slice(end))
  return second ? second[0] === '{' : undefined
}

/** A first line longer than this is a file without lines. */
const FAR = 4 * 1024 * 1024

async function* from(head: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  if (head !== '') yield head
  for (;;) {
    const next = await rest.next()
    if (next.done) return
    yield next.value
  }
}

async function* eachLine(texts: AsyncIterable<string>, longest: number): AsyncGenerator<readonly Found[]> {
  let line = 1
  let left: string[] = []
  let length = 0
  for await (const text of texts) {
    const parts = text.split('\n')
    const last = parts.pop() ?? ''
    if (parts.length > 0) {
      parts[0] = left.join('') + (parts[0] ?? '')
      left = []
      length = 0
      yield found(parts, line)
      line += parts.length
    }
    left.push(last)
    length += last.length
    if (length > longest) throw new FileStop(issue('LIMIT_CELL', { line }))
  }
  yield found([left.join('')], line)
}

function found(parts: readonly string[], line: number): Found[] {
  return parts.flatMap((text, i) => (text.trim() === '' ? [] : [{ text: text.trim(), line: line + i, broken: false }]))
}
