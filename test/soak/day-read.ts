import type { Bundle, Provenance, Resource } from '@medplum/fhirtypes'
import type { FileOutcome, Outcome } from '../../fixtures/city/day/compare.ts'
import type { DayFile } from '../../fixtures/city/day/truth.ts'

/** A message as `GET /intake/{facility}` tells of it. */
export interface Told {
  readonly message: string
  readonly state: string
  readonly filename?: string
  readonly total: number
  readonly counts: Readonly<Record<string, number>>
  readonly issues: readonly { readonly code: string; readonly level: string }[]
  readonly duplicateOf?: string
}

/** A row of `GET /intake/{facility}/{message}/records`. */
export interface ToldRecord {
  readonly number: number
  readonly through: number
  readonly line: number
  readonly state: string
  readonly issues: readonly { readonly code: string; readonly level: string }[]
}

/** Asks a server by HTTP, as anybody could. */
export class Reader {
  readonly #resources = new Map<string, Resource>()
  /** By record, `message.number`: what it made or changed. */
  readonly #targets = new Map<string, readonly string[]>()

  constructor(private readonly origin: string) {}

  async json<T>(path: string): Promise<T> {
    const response = await fetch(path.startsWith('http') ? path : `${this.origin}${path}`)
    if (!response.ok) throw new Error(`${response.status} of ${path}: ${(await response.text()).slice(0, 300)}`)
    return (await response.json()) as T
  }

  /** Oldest first. */
  async messages(facility: string): Promise<Told[]> {
    const all: Told[] = []
    for (let before = ''; ;) {
      const { messages } = await this.json<{ messages: Told[] }>(`/intake/${facility}?limit=1000${before}`)
      all.push(...messages)
      if (messages.length < 1000) return all.reverse()
      before = `&before=${messages.at(-1)?.message ?? ''}`
    }
  }

  async records(facility: string, message: string): Promise<ToldRecord[]> {
    const all: ToldRecord[] = []
    for (let after = 0; ;) {
      const path = `/intake/${facility}/${message}/records?limit=1000&after=${after}`
      const { records } = await this.json<{ records: ToldRecord[] }>(path)
      all.push(...records)
      if (records.length < 1000) return all
      after = records.at(-1)?.number ?? after
    }
  }

  /** Everything that is stored, page by page. */
  async readStore(types: readonly string[]): Promise<ReadonlyMap<string, Resource>> {
    for (const type of types) {
      for (let next: string | undefined = `/fhir/${type}?_count=500`; next !== undefined;) {
        const page: Bundle = await this.json<Bundle>(next)
        for (const { resource } of page.entry ?? []) if (resource) this.#keep(resource)
        next = page.link?.find(({ relation }) => relation === 'next')?.url
      }
    }
    return this.#resources
  }

  get targets(): ReadonlyMap<string, readonly string[]> {
    return this.#targets
  }

  #keep(resource: Resource): void {
    this.#resources.set(`${resource.resourceType}/${resource.id ?? ''}`, resource)
    if (resource.resourceType !== 'Provenance') return
    this.#targets.set(
      resource.id ?? '',
      (resource satisfies Provenance).target.map(({ reference = '' }) => reference),
    )
  }

  /** What became of a file: its message's records, each with what is stored of what it made. */
  async outcomeOf(file: DayFile, told: Told): Promise<FileOutcome> {
    const records = await this.records(file.facility, told.message)
    const lines = file.records.map(({ at }) => at).toSorted((a, b) => a - b)
    const outcomes = records.flatMap((row) => expanded(row, lines).map((one) => this.#outcome(told.message, one)))
    const stop = told.issues.find(({ level, code }) => level === 'stop' && code !== 'BATCH_HELD')?.code
    return {
      records: outcomes,
      issues: told.issues.map(({ code }) => code),
      ...(stop !== undefined && { stop }),
      ...(told.duplicateOf !== undefined && { whole: 'duplicate' as const }),
    }
  }

  #outcome(message: string, { number, line, state, issues }: ToldRecord): Outcome {
    const targets = this.#targets.get(`${message}.${number}`) ?? []
    // a document's resources stand by themselves, beside the document
    const resources = targets
      .filter((reference) => !reference.startsWith('Bundle/'))
      .flatMap((reference) => this.#resources.get(reference) ?? [])
    return { number, line, state, issues, resources }
  }
}

/** Of a run of equal outcomes only the first line is told; the file's own records stand on the lines that follow. */
function expanded(row: ToldRecord, lines: readonly number[]): ToldRecord[] {
  const first = lines.indexOf(row.line)
  return Array.from({ length: row.through - row.number + 1 }, (_, i) => ({
    ...row,
    number: row.number + i,
    line: i === 0 && row.line > 0 ? row.line : (lines[(first < 0 ? row.number - 1 : first) + i] ?? -row.number - i),
  }))
}
