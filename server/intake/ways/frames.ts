/**
 * MLLP (HL7 v2 Transport Specification, release 1): a message is 0x0B … 0x1C 0x0D. Several may come in one chunk, one in
 * many; what stands between frames is noise (line ends, keep-alive bytes) and is left out.
 */
const START = 0x0b
const END = 0x1c
const RETURN = 0x0d

export interface Frames {
  /** The messages that this chunk completes, in order. Throws FrameTooLong. */
  push(chunk: Buffer): Buffer[]
  /** A message has begun and not ended. */
  readonly open: boolean
}

/** Where the next message begins cannot be told any more: the connection has to be closed. */
export class FrameTooLong extends Error {
  /** `head`: how the message begins, so that its sender can be told. */
  constructor(readonly head: Buffer) {
    super('an MLLP message is too long')
  }
}

const HEAD = 4096

export function frames(limit: number): Frames {
  let parts: Buffer[] = []
  let length = 0
  let inside = false
  /** The last byte was 0x1C: the frame has ended if the next is 0x0D. */
  let ending = false

  const take = (piece: Buffer): void => {
    length += piece.length
    if (piece.length > 0) parts.push(piece)
    if (length > limit) throw new FrameTooLong(Buffer.concat(parts).subarray(0, HEAD))
  }
  const finish = (): Buffer => {
    const message = parts.length === 1 ? parts[0]! : Buffer.concat(parts, length)
    parts = []
    length = 0
    inside = false
    ending = false
    return message
  }

  return {
    get open() {
      return inside
    },
    push(chunk) {
      const done: Buffer[] = []
      let at = 0
      while (at < chunk.length) {
        if (!inside) {
          const start = chunk.indexOf(START, at)
          if (start < 0) return done
          inside = true
          at = start + 1
        } else if (ending) {
          ending = false
          if (chunk[at] === RETURN) {
            at++
            done.push(finish())
          } else take(Buffer.of(END))
        } else {
          const end = chunk.indexOf(END, at)
          take(chunk.subarray(at, end < 0 ? chunk.length : end))
          ending = end >= 0
          at = end < 0 ? chunk.length : end + 1
        }
      }
      return done
    },
  }
}

export function framed(message: string): Buffer {
  return Buffer.concat([Buffer.of(START), Buffer.from(message), Buffer.of(END, RETURN)])
}
