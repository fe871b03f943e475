import type { Piece } from './piece.ts'

/** A profile's pieces as a tree: children by name, and the slices of an element by theirs (`a/b` is slice b of slice a). */
export interface Branch {
  readonly id: string
  /** `value[x]`, `identifier`. */
  readonly name: string
  readonly slice?: string
  piece?: Piece
  readonly children: Map<string, Branch>
  readonly slices: Map<string, Branch>
}

export function treeOf(pieces: ReadonlyMap<string, Piece>): Branch {
  const [first] = pieces.keys()
  const root = branch(first?.split('.')[0] ?? '', first?.split('.')[0] ?? '')
  for (const [id, piece] of pieces) at(root, id).piece = piece
  return root
}

function at(root: Branch, id: string): Branch {
  let here = root
  for (const step of id.split('.').slice(1)) {
    const colon = step.indexOf(':')
    const name = colon < 0 ? step : step.slice(0, colon)
    here = grow(here.children, name, () => branch(`${here.id}.${name}`, name))
    if (colon < 0) continue
    let whole = ''
    for (const slice of step.slice(colon + 1).split('/')) {
      whole = whole === '' ? slice : `${whole}/${slice}`
      const holder = here
      here = grow(holder.slices, slice, () => branch(`${holder.id.replace(/:[^:.]*$/, '')}:${whole}`, name, whole))
    }
  }
  return here
}

function branch(id: string, name: string, slice?: string): Branch {
  return { id, name, ...(slice !== undefined && { slice }), children: new Map(), slices: new Map() }
}

function grow(into: Map<string, Branch>, key: string, make: () => Branch): Branch {
  let found = into.get(key)
  if (!found) into.set(key, (found = make()))
  return found
}

/** The child of that name, also as a choice: `value` finds `value[x]`. */
export function childOf(here: Branch, name: string): Branch | undefined {
  return here.children.get(name) ?? here.children.get(`${name}[x]`)
}
