import type { House } from '../interactions/house.ts'
import { newestSeal } from '../store/audit-seal.ts'
import { verifyAudit, type Breach, type Claims, type Verified } from '../store/audit-verify.ts'
import { Said, Usage } from './words.ts'

/**
 * `audit verify [--from=<seal>] [--anchor=<seal>:<hash> …]`: recomputes the seals over the audit and names the first one that
 * does not hold. An anchor is what `audit head` or the log once told: with it an audit that was written anew as a whole
 * is found out, too. `audit head`: the newest seal, to be noted outside the database.
 */
export async function auditCommand(house: House, words: readonly string[]): Promise<object> {
  const [word, ...options] = words
  if (word === 'head') {
    const newest = await newestSeal(house.db)
    return newest ? { seal: String(newest.seq), hash: newest.hash.toString('hex'), at: new Date(newest.at).toISOString() } : { seal: 'none' } // prettier-ignore
  }
  if (word !== 'verify') throw new Usage('audit head | verify [--from=<seal>] [--anchor=<seal>:<hash> …]')
  const verified = await verifyAudit(house.db, claimsOf(options))
  if (!verified.holds) process.exitCode = 1
  return new Said(plain(verified), linesOf(verified))
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

function linesOf({ holds, seals, rows, unsealed, newest, breaches }: Verified): string[] {
  const head = newest ? `newest ${newest.seal}:${newest.hash}` : 'no seal yet'
  const [first] = breaches
  return [
    `${holds ? 'The audit holds' : `The audit does NOT hold from seal ${first?.seal ?? ''} on`}: ${seals} seals over ${rows} rows, ${unsealed} rows not sealed yet, ${head}.`,
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
