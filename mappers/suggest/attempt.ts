import { compile } from '../compile.ts'
import { FileStop } from '../issues.ts'
import type { Library } from '../library.ts'
import type { MappedRecord, Mapping } from '../mapping.ts'
import { SpecFault } from '../read/source.ts'
import { SpecFaults } from '../spec/faults.ts'
import type { Choice } from './choices.ts'
import { printed, type Line } from './proposal/lines.ts'

/** How a sample fares under a mapping. */
export interface Tried {
  readonly records: number
  readonly mapped: number
  readonly quarantined: number
  /** Of the first records that were refused. */
  readonly problems: readonly string[]
}

export interface Attempt {
  /** Without the lines that do not compile. */
  readonly choice: Choice
  readonly tried: Tried
}

interface Trial {
  readonly library: Library
  readonly slug: string
  readonly receivedAt: Date
  readonly bytes: Uint8Array
}

/** A line that does not compile is taken back, rather than the whole proposal; what is wrong shows only in turns. */
const ROUNDS = 4

/** Compiles a proposed file and maps the sample with it; undefined: it cannot be made to compile. */
export async function attempt(
  choice: Choice,
  { library, slug, receivedAt, bytes }: Trial,
): Promise<Attempt | undefined> {
  let { lines } = choice
  for (let round = 0; round < ROUNDS; round++) {
    try {
      const mapping = compile(library.effectiveOf(slug, printed(lines)))
      return { choice: { ...choice, lines }, tried: await tryOut(mapping, bytes, receivedAt) }
    } catch (error) {
      if (!(error instanceof SpecFault)) throw error
      const wrong = wrongLines(error, `${slug}.yaml`)
      if (wrong.size === 0) return undefined
      lines = lines.map((one, at) => (wrong.has(at) ? takenBack(one) : one))
    }
  }
  return undefined
}

function wrongLines(error: SpecFault, file: string): ReadonlySet<number> {
  const faults = error instanceof SpecFaults ? error.faults : []
  return new Set(faults.filter((fault) => fault.file === file).map(({ line }) => line - 1))
}

function takenBack({ text }: Line): Line {
  return { text: `# ${text.trim()}`, note: 'this could not be proposed as it stands' }
}

async function tryOut(mapping: Mapping, bytes: Uint8Array, receivedAt: Date): Promise<Tried> {
  const tally = new Tally()
  try {
    for await (const batch of mapping.map([bytes], { receivedAt }).records)
      for (const record of batch) tally.add(record)
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    tally.stop(error)
  }
  return tally
}

/** So many problems are told. */
const TOLD = 5

class Tally implements Tried {
  records = 0
  mapped = 0
  quarantined = 0
  readonly problems: string[] = []

  add({ state, issues, line, resources }: MappedRecord): void {
    if (state === 'ignored') return
    this.records++
    if (state === 'mapped' && resources.length > 0) this.mapped++
    else this.quarantined++
    const first = issues.find(({ level }) => level === 'error')
    if (!first || this.problems.length >= TOLD) return
    const place = first.column === undefined ? `line ${line}` : `line ${line}, ${first.column}`
    this.problems.push(`${place}: ${first.message}`)
  }

  /** What ends a file counts as a record. */
  stop({ issue }: FileStop): void {
    this.records++
    this.quarantined++
    this.problems.push(issue.message)
  }
}
