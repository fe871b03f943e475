import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../fixtures/city/random.ts'
import type { DayFile } from '../../fixtures/city/day/truth.ts'

/** What the facilities heard. */
export interface Heard {
  /** Ids of messages by file, as answered. */
  readonly receipts: Map<DayFile, string[]>
  /** Code of the refusal at the door, by file. */
  readonly refused: Map<DayFile, string>
  readonly faults: string[]
  unanswered: number
  again: number
}

/** Where the server is at the moment: it comes back at another port. */
export interface Place {
  origin: string
}

/**
 * Sends each facility's files in their order, `together` facilities side by side. A file is sent until it is answered;
 * some are sent again although they were.
 */
export async function sendDay(
  place: Place,
  files: readonly DayFile[],
  seed: string,
  together = 6,
  patience = 300_000,
): Promise<Heard> {
  const heard: Heard = { receipts: new Map(), refused: new Map(), faults: [], unanswered: 0, again: 0 }
  const random = new Random(seed, 'send again')
  const facilities = [...byFacility(files).values()]
  const clerk = async () => {
    for (let own = facilities.shift(); own; own = facilities.shift()) {
      for (const file of own) {
        await deliver(place, file, heard, patience)
        if (!random.chance(0.1)) continue
        heard.again++
        await deliver(place, file, heard, patience)
      }
    }
  }
  await Promise.all(Array.from({ length: together }, clerk))
  return heard
}

export function byFacility(files: readonly DayFile[]): Map<string, DayFile[]> {
  const groups = new Map<string, DayFile[]>()
  for (const file of files) groups.set(file.facility, [...(groups.get(file.facility) ?? []), file])
  return groups
}

async function deliver(place: Place, file: DayFile, heard: Heard, patience: number): Promise<void> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(150)) {
    try {
      const response = await fetch(`${place.origin}/intake/${file.facility}`, {
        method: 'POST',
        body: Buffer.from(file.bytes),
        headers: { 'content-type': file.contentType, 'x-filename': encodeURIComponent(file.filename) },
        signal: AbortSignal.timeout(20_000),
      })
      const text = await response.text()
      if (response.status === 202) {
        const { message } = JSON.parse(text) as { message: string }
        heard.receipts.set(file, [...(heard.receipts.get(file) ?? []), message])
        return
      }
      if (response.status < 500 && response.status !== 429) {
        heard.refused.set(file, /"text":"([A-Z_]+):/.exec(text)?.[1] ?? `${response.status} ${text}`)
        return
      }
    } catch {
      // killed in the middle: whether it was taken is not known
    }
    heard.unanswered++
  }
  heard.faults.push(`${file.facility} ${file.filename}: never answered`)
}
