import fc from 'fast-check'
import { escape, usual, type Delimiters } from '../../../mappers/read/hl7v2/delimiters.ts'
import { openHl7v2, type Hl7Options } from '../../../mappers/read/hl7v2/hl7v2.ts'
import type { Item } from '../../../mappers/read/hl7v2/item.ts'
import type { Unit } from '../../../mappers/read/source.ts'

export async function readAll(chunks: Iterable<Uint8Array>, options: Hl7Options = {}): Promise<Unit<Item>[]> {
  const units: Unit<Item>[] = []
  for await (const batch of openHl7v2(options).read(chunks, { issues: [] })) units.push(...batch)
  return units
}

export function bytes(text: string, encoding: BufferEncoding = 'utf8'): Uint8Array[] {
  return [Buffer.from(text, encoding)]
}

/** The codes of what was found wrong. */
export function codesOf(units: readonly Unit<Item>[]): string[] {
  return units.flatMap(({ issues }) => issues.map(({ code }) => code))
}

/** A message as fields of repetitions of components of sub-components, all unescaped. */
export type Tree = readonly { readonly name: string; readonly fields: readonly string[][][][] }[]

export function serialize(tree: Tree, d: Delimiters, end = '\r'): string {
  const text = (fields: readonly string[][][][]) =>
    fields
      .map((field) =>
        field
          .map((repetition) =>
            repetition.map((parts) => parts.map((part) => escape(part, d)).join(d.subcomponent)).join(d.component),
          )
          .join(d.repetition),
      )
      .join(d.field)
  const characters = d.component + d.repetition + d.escape + d.subcomponent
  return tree
    .map(({ name, fields }, index) => {
      const head = index === 0 ? `MSH${d.field}${characters}${d.field}` : `${name}${d.field}`
      return head + text(fields) + end
    })
    .join('')
}

/** Text a leaf may hold: the delimiters too, any script, line ends inside; no blanks at its ends. */
const leaf = fc
  .oneof(
    fc.constantFrom('A01', 'राम', 'a|b^c~d\\e&f', 'two\nlines', '\\T\\', 'MSH', '1&2'),
    fc.string({ maxLength: 12 }),
  )
  .map((text) => text.replace(/(?!\n)\p{Cc}|\uffff/gu, '').trim())
  .filter((text) => text !== '""')

const field = fc.array(fc.array(fc.array(leaf, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 2,
})
const fields = fc.array(field, { minLength: 1, maxLength: 6 })

export const trees: fc.Arbitrary<Tree> = fc
  .tuple(
    fields,
    fc.array(fc.record({ name: fc.constantFrom('EVN', 'PV1', 'OBX', 'NTE', 'ZPD', 'AL1'), fields }), { maxLength: 6 }),
  )
  .map(([header, rest]) => [{ name: 'MSH', fields: header }, ...rest])

export const delimiters: fc.Arbitrary<Delimiters> = fc.oneof(
  fc.constant(usual),
  fc
    .uniqueArray(fc.constantFrom('|', '^', '~', '\\', '&', '#', '!', '$', '%', '*', '@', ';', '§'), {
      minLength: 5,
      maxLength: 5,
    })
    .map(([f, c, r, e, s]): Delimiters => ({
      field: f ?? '|',
      component: c ?? '^',
      repetition: r ?? '~',
      escape: e ?? '\\',
      subcomponent: s ?? '&',
    })),
)
