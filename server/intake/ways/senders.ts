import type { Hl7Sender } from '../../../mappers/mapping.ts'
import type { Message } from '../../../mappers/read/hl7v2/hl7v2.ts'
import type { Catalog, CatalogEntry } from '../catalog.ts'

/**
 * Whose message it is: the facility whose `hl7:` fits MSH-3, MSH-4 and the port, and says most. Of two that fit equally
 * well neither: a patient in another hospital's records is worse than a message refused.
 */
export function senderOf(
  { facilities }: Pick<Catalog, 'facilities'>,
  { header }: Pick<Message, 'header'>,
  port: number,
): CatalogEntry | undefined {
  let best: { entry: CatalogEntry; weight: number; alone: boolean } | undefined
  for (const entry of facilities) {
    const weight = entry.hl7 ? weightOf(entry.hl7, header, port) : 0
    if (weight === 0) continue
    if (!best || weight > best.weight) best = { entry, weight, alone: true }
    else if (weight === best.weight) best.alone = false
  }
  return best?.alone ? best.entry : undefined
}

/** 0: another's. A port of its own says most, for nobody else is told it. */
function weightOf(hl7: Hl7Sender, header: Message['header'], port: number): number {
  if (hl7.port !== undefined && hl7.port !== port) return 0
  if (hl7.application !== undefined && !says(header, 3, hl7.application)) return 0
  if (hl7.facility !== undefined && !says(header, 4, hl7.facility)) return 0
  return (
    (hl7.port === undefined ? 0 : 4) + (hl7.facility === undefined ? 0 : 2) + (hl7.application === undefined ? 0 : 1)
  )
}

/** An HD (2.A.33): its name or its universal id, or all of it as written. */
function says(header: Message['header'], field: number, declared: string): boolean {
  const wanted = declared.trim().toLowerCase()
  const said = [header.text(field), header.text(field, 2), header.field(field).trim()]
  return said.some((text) => text.toLowerCase() === wanted)
}

/** The ports that facilities have to themselves. */
export function ownPorts({ facilities }: Pick<Catalog, 'facilities'>): number[] {
  return [...new Set(facilities.flatMap(({ hl7 }) => hl7?.port ?? []))]
}
