import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Records by key in one buffer: a line of JSON that says where each stands, then their JSON. A record is parsed
 * when it is asked for, so that a start costs one read of 10 MB and no more heap than is used.
 */
export class Archive {
  private readonly places: ReadonlyMap<string, readonly [from: number, to: number]>

  constructor(private readonly bytes: Buffer) {
    const end = bytes.indexOf('\n')
    const sizes = JSON.parse(bytes.toString('utf8', 0, end)) as [string, number][]
    let from = end + 1
    this.places = new Map(sizes.map(([key, size]) => [key, [from, (from += size)] as const]))
    if (from !== bytes.length) throw new Error('The archive is cut short.')
  }

  static pack(records: ReadonlyMap<string, unknown>): Buffer {
    const parts = [...records].map(([key, record]) => [key, Buffer.from(JSON.stringify(record))] as const)
    const head = JSON.stringify(parts.map(([key, bytes]) => [key, bytes.length]))
    return Buffer.concat([Buffer.from(`${head}\n`), ...parts.map(([, bytes]) => bytes)])
  }

  get keys(): string[] {
    return [...this.places.keys()]
  }

  get(key: string): unknown {
    const place = this.places.get(key)
    return place && (JSON.parse(this.bytes.toString('utf8', ...place)) as unknown)
  }
}

/** The archive kept under this name, or a fresh one that is kept for the next start if the folder can be written. */
export function keptArchive(folder: string, name: string, build: () => ReadonlyMap<string, unknown>): Archive {
  const file = join(folder, name)
  try {
    return new Archive(readFileSync(file))
  } catch {
    const bytes = Archive.pack(build())
    keep(folder, file, bytes)
    return new Archive(bytes)
  }
}

/** Whole or not at all: a start that dies half-way, or two at once, leave no torn file. */
function keep(folder: string, file: string, bytes: Buffer): void {
  const draft = `${file}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(draft, bytes)
    renameSync(draft, file)
  } catch {
    if (existsSync(draft)) rmSync(draft)
  }
}
