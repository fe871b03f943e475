import type { House } from '../interactions/house.ts'
import { archiveAudit, archiveOf, verifyArchive, type Checked } from '../store/audit-archive.ts'
import { newestSeal } from '../store/audit-seal.ts'
import { verifyAudit, type Breach, type Claims, type Verified } from '../store/audit-verify.ts'
import { Said, Usage } from './words.ts'

/**
 * `audit verify [--from=<seal>] [--anchor=<seal>:<hash> …]`: recomputes the seals over the audit and names the first one that
 * does not hold. An anchor is what `audit head` or the log once told: with it an audit that was written anew as a whole
 * is found out, too. With `--file=<archive> …` the same of files. `audit head`: the newest seal, to be noted outside the
 * database. `audit archive --before=<date> --to=<folder>` moves what is older into files.
 */
export async function auditCommand(house: House, words: readonly string[]): Promise<object> {
  const [word, ...options] = words
  await house.journal.takeUp()
  if (word === 'head') {
    const newest = await newestSeal(house.db)
    if (!newest) return { seal: 'none' }
    const { seq, hash, at } = newest
    return { seal: String(seq), hash: hash.toString('hex'), at: new Date(at).toISOString() }
  }
  if (word === 'archive') return archived(house, options)
  if (word !== 'verify') throw new Usage(USAGE)
  const files = options.filter((option) => option.startsWith('--file='))
  if (files.length > 0) {
    const { anchors = new Map<bigint, string>() } = claimsOf(options.filter((option) => !files.includes(option)))
    return verifiedFiles(
      house,
      files.map((option) => option.slice('--file='.length)),
      anchors,
    )
  }
  const verified = await verifyAudit(house.db, claimsOf(options))
  if (!verified.holds) process.exitCode = 1
  return new Said(plain(verified), linesOf(verified))
}

const USAGE =
  'audit head | verify [--from=<seal>] [--anchor=<seal>:<hash> …] [--file=<archive> …] | archive --before=<yyyy-mm-dd> --to=<folder>'

/** Logs are kept for a year at least (Digital Personal Data Protection Rules 2025, rule 6(1)(e)): here, where they are asked. */
const YEAR = 365

async function archived({ db, log }: House, options: readonly string[]): Promise<Said> {
  const given = new Map(
    options.map((option): [string, string] => [option.replace(/=.*/s, ''), option.replace(/^[^=]*=?/, '')]),
  )
  const [date = '', folder = ''] = [given.get('--before'), given.get('--to')]
  const before = Date.parse(`${date}T00:00:00+05:30`)
  if (given.size !== 2 || !/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(before) || folder === '')
    throw new Usage(USAGE)
  if (before > Date.now() - YEAR * 86_400_000)
    throw new Usage('The audit of the last year stays: logs are kept for one year at least (DPDP Rules 2025, 6(1)(e)).')
  const archives = await archiveAudit(db, folder, { before })
  const told = archives.map(({ file, seq, hash, rows, digest }) => ({
    file,
    rows,
    seal: `${seq}:${hash.toString('hex')}`,
    sha256: digest.toString('hex'),
  }))
  for (const one of told) log.info(one, 'a part of the audit was archived')
  const lines = told.map(({ file, rows, seal, sha256 }) => `${file}: ${rows} rows, last seal ${seal}, sha256 ${sha256}`)
  return new Said(told, lines.length === 0 ? ['There is nothing to archive.'] : lines)
}

/** Each by itself, whether it is the one that was recorded, and whether it goes on where the one before it ended. */
async function verifiedFiles(
  { db }: House,
  files: readonly string[],
  anchors: ReadonlyMap<bigint, string>,
): Promise<Said> {
  const told: object[] = []
  const lines: string[] = []
  const met = new Set<bigint>()
  let before: Checked | undefined
  for (const file of files) {
    const checked = await verifyArchive(file, anchors)
    const { last, seals, rows, digest, first } = checked
    const recorded = last && (await archiveOf(db, last.seal))
    const faults = checked.breaches.map(lineOf)
    if (recorded?.digest.equals(digest) !== true) faults.push('  it is not the file that was recorded')
    if (before?.last && before.last.hash !== checked.former.toString('hex'))
      faults.push('  it does not go on where the file before it ended')
    for (const seal of anchors.keys()) if (last && seal >= first && seal <= last.seal) met.add(seal)
    if (faults.length > 0) process.exitCode = 1
    const verdict = faults.length === 0 ? 'holds' : 'does NOT hold'
    const newest = `${last?.seal ?? ''}:${last?.hash ?? ''}`
    lines.push(`${file} ${verdict}: ${seals} seals over ${rows} rows, last ${newest}.`, ...faults)
    told.push({ file, holds: faults.length === 0, seals, rows, last: last && `${last.seal}:${last.hash}`, faults })
    before = checked
  }
  for (const seal of anchors.keys()) {
    if (met.has(seal)) continue
    process.exitCode = 1
    lines.push(`None of these files has seal ${seal}.`)
  }
  return new Said(told, lines)
}

/** `--from 5 --anchor <hash>` is about seal 5; `--anchor=5:<hash>` says so itself. */
function claimsOf(options: readonly string[]): Claims {
  const words = options.flatMap((option) => option.split('='))
  const anchors = new Map<bigint, string>()
  let from: bigint | undefined
  for (let i = 0; i < words.length; i += 2) {
    const [name, value = ''] = [words[i], words[i + 1]]
    if (name === '--from' && /^[1-9]\d{0,17}$/.test(value)) from = BigInt(value)
    else if (name === '--anchor' && /^([1-9]\d{0,17}:)?[0-9a-fA-F]{64}$/.test(value)) {
      const [seal, hash] = value.includes(':') ? value.split(':') : [undefined, value]
      const about = seal === undefined ? from : BigInt(seal)
      if (about === undefined) throw new Usage('Say which seal the hash is of: --anchor=<seal>:<hash>')
      anchors.set(about, hash ?? '')
    } else throw new Usage('audit verify takes --from=<seal> and --anchor=<seal>:<hash>, 64 hexadecimal digits')
  }
  return { from, anchors }
}

function linesOf({ holds, seals, rows, unsealed, newest, archived: former, breaches }: Verified): string[] {
  const head = newest ? `newest ${newest.seal}:${newest.hash}` : 'no seal yet'
  const [first] = breaches
  return [
    `${holds ? 'The audit holds' : `The audit does NOT hold from seal ${first?.seal ?? ''} on`}: ${seals} seals over ${rows} rows, ${unsealed} rows not sealed yet, ${head}.`,
    ...(former ? [`What was before is archived: up to seal ${former.seal}:${former.hash}, in ${former.file}.`] : []),
    ...breaches.map(lineOf),
  ]
}

function lineOf({ seal, what, changed, removed, added }: Breach): string {
  const parts = Object.entries({ changed, removed, added }).flatMap(([name, ids]) =>
    ids.length > 0 ? [`${ids.length} ${name} (${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ' …' : ''})`] : [],
  )
  return `  seal ${seal}: ${what}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`
}

function plain(verified: Verified): object {
  const numbers = (value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  return JSON.parse(JSON.stringify(verified, (_, value: unknown) => numbers(value))) as object
}
