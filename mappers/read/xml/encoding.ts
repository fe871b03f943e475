import type { Bytes } from '../source.ts'

/** The encoding that the XML declaration names, before those of the facility's file; and the bytes, whole again. */
export async function sniffed(
  bytes: Bytes,
  declared: readonly string[],
): Promise<{ readonly encodings: readonly string[]; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]()
  const head: Uint8Array[] = []
  let length = 0
  while (length < DECLARATION) {
    const next = await iterator.next()
    if (next.done) break
    head.push(next.value)
    length += next.value.length
  }
  const name = named(Buffer.concat(head, Math.min(length, DECLARATION)).toString('latin1'))
  return {
    encodings: name === undefined ? declared : [name, ...declared.filter((other) => other !== name)],
    all: joined(head, iterator),
  }
}

/** Characters in which a declaration ends. */
const DECLARATION = 200

/** What reads as ASCII here is no UTF-16, whatever it says; an unknown name says nothing. */
function named(head: string): string | undefined {
  const name = /^(?:ï»¿)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1]?.toLowerCase()
  if (name === undefined || name.startsWith('utf-16') || name.startsWith('ucs')) return undefined
  try {
    return new TextDecoder(name).encoding
  } catch {
    return undefined
  }
}

async function* joined(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* head
  for (;;) {
    const next = await rest.next()
    if (next.done) return
    yield next.value
  }
}
