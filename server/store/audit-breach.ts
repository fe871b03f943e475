import { MARK, sealOf, type Seal, type Sealed } from './audit-seal.ts'

/** A seal that does not hold, and why. */
export interface Breach {
  readonly seal: bigint
  readonly what: string
  /** Ids of rows, as far as the seal's marks tell. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** Whether a seal is the one that these rows make. */
export function compare(seal: Seal, former: Buffer, rows: readonly Sealed[]): Breach | undefined {
  const again = sealOf(former, seal, rows)
  if (again.hash.equals(seal.hash) && again.marks.equals(seal.marks) && again.rows === seal.rows) return undefined
  const [before, now] = [marksOf(seal.marks), marksOf(again.marks)]
  const removed = [...before.keys()].filter((id) => !now.has(id))
  const added = [...now.keys()].filter((id) => !before.has(id))
  const changed = [...now].flatMap(([id, mark]) => (before.has(id) && before.get(id) !== mark ? [id] : []))
  const rowsDiffer = removed.length + added.length + changed.length > 0
  const what = rowsDiffer ? 'rows were tampered with' : 'the seal itself, or the one before it, was changed'
  return { seal: seal.seq, what, removed, added, changed }
}

export function againstAnchor({ seq, hash }: Seal, anchors: ReadonlyMap<bigint, string>): Breach | undefined {
  const noted = anchors.get(seq)
  if (noted === undefined || noted.toLowerCase() === hash.toString('hex')) return undefined
  return { seal: seq, what: 'the hash is not the one that was noted: the chain was written anew', ...none }
}

function marksOf(marks: Buffer): Map<string, string> {
  const found = new Map<string, string>()
  for (let at = 0; at + MARK <= marks.length; at += MARK) {
    found.set(uuid(marks.toString('hex', at, at + 16)), marks.toString('hex', at + 16, at + MARK))
  }
  return found
}

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const none = { changed: [], removed: [], added: [] }
