import { Readable } from 'node:stream'
import type { Outcome } from './asked.ts'

/**
 * An answer that is audited while it is read: its last piece is held back until the audit of all of it is written, and
 * when that fails the stream breaks off, so that nobody takes it for whole. Whoever stops reading early is audited for what
 * was taken until then.
 */
export function auditedStream(answer: Readable, status: number, leave: (outcome: Outcome) => Promise<void>): Readable {
  return Readable.from(pieces(answer, status, leave), { objectMode: true })
}

async function* pieces(
  answer: Readable,
  status: number,
  leave: (outcome: Outcome) => Promise<void>,
): AsyncGenerator<unknown> {
  let audited = false
  let away = false // the reader has the turn: what is thrown then is their going away
  const auditOnce = async (outcome: Outcome): Promise<void> => {
    if (audited) return
    audited = true
    await leave(outcome)
  }
  try {
    let held: { readonly piece: unknown } | undefined
    for await (const piece of answer) {
      if (held) {
        away = true
        yield held.piece
        away = false
      }
      held = { piece }
    }
    await auditOnce({ status })
    if (held) yield held.piece
  } catch (error) {
    await auditOnce(away ? { status } : { error, sent: true })
    throw error
  } finally {
    await auditOnce({ status })
  }
}
