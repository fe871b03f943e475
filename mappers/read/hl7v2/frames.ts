/** A stretch of the stream, a character a byte (Latin-1): a message from its MSH on, or what stands between messages. */
export interface Frame {
  readonly kind: 'message' | 'between'
  readonly text: string
  /** Physical line, from 1, where it begins. */
  readonly line: number
}

const END_BLOCK = '\x1c'
/** How much of what was searched already may belong to a beginning that is cut by the end of a chunk. */
const EDGE = 64

/**
 * Finds the messages in a byte stream: MLLP blocks (0x0B … 0x1C 0x0D), one message after the other, batches. It does not
 * matter where the stream is cut into chunks. A message ends at the end of its block or where the next one begins.
 */
export class Splitter {
  /** What belongs to the frame that is open; its pieces are joined only when it ends. */
  #open = ''
  #openKind: Frame['kind'] = 'between'
  #line = 1
  /** The last characters of #open, and where they stand in the stream. */
  #edge = ''
  #edgeAt = 0
  /** Where #open begins in the stream. */
  #openAt = 0
  #searched = 0

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    const window = this.#edge + text
    this.#open += text
    for (const boundary of this.#boundaries(window)) {
      const frame = this.#cut(this.#edgeAt + boundary.at, boundary.kind)
      if (frame.text !== '') frames.push(frame)
    }
    this.#searched = Math.max(this.#searched, this.#edgeAt + window.length - 3)
    this.#edge = window.slice(-EDGE)
    this.#edgeAt += window.length - this.#edge.length
    return frames
  }

  /** Characters that are waiting for the end of their frame. */
  get held(): number {
    return this.#open.length
  }

  get inMessage(): boolean {
    return this.#openKind === 'message'
  }

  end(): Frame[] {
    const last = this.#cut(this.#openAt + this.#open.length, 'between')
    return last.text === '' ? [] : [last]
  }

  /** In order: where a message begins, and where a block ends (its 0x1C is the first character of what is between). */
  *#boundaries(window: string): Generator<{ at: number; kind: Frame['kind'] }> {
    let start = this.#nextStart(window, 0)
    let end = nextEnd(window, this.#edge.length)
    while (start >= 0 || end >= 0) {
      if (end < 0 || (start >= 0 && start < end)) {
        yield { at: start, kind: 'message' }
        start = this.#nextStart(window, start + 3)
      } else {
        yield { at: end, kind: 'between' }
        end = nextEnd(window, end + 1)
      }
    }
  }

  #nextStart(window: string, from: number): number {
    const unseen = Math.max(from, this.#searched - this.#edgeAt)
    for (let at = window.indexOf('MSH', unseen); at >= 0 && at + 3 < window.length; at = window.indexOf('MSH', at + 3))
      if (/[^0-9A-Za-z\s]/.test(window[at + 3] ?? '') && this.#mayBegin(window, at)) return at
    return -1
  }

  /** At the start of the stream or of a line, behind NULs and a byte order mark. */
  #mayBegin(window: string, at: number): boolean {
    let before = at - 1
    for (;;) {
      if (window[before] === '\0' || window[before] === ' ') before--
      else if (before >= 2 && window.startsWith('\xef\xbb\xbf', before - 2)) before -= 3
      else break
    }
    if (before < 0) return this.#edgeAt === 0
    return '\r\n\v\x1c'.includes(window[before] ?? '')
  }

  #cut(at: number, next: Frame['kind']): Frame {
    const text = this.#open.slice(0, at - this.#openAt)
    const frame: Frame = { kind: this.#openKind, text, line: this.#line }
    this.#open = this.#open.slice(text.length)
    this.#openAt = at
    this.#openKind = next
    this.#line += lineEnds(text)
    return frame
  }
}

function nextEnd(window: string, from: number): number {
  return window.indexOf(END_BLOCK, from)
}

/** CR, LF and CRLF each end one line. */
function lineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) if (text[at - 1] !== '\r') count++
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) count++
  return count
}
