import type { Provenance } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { rid as ridOf } from '../fhir/keys.ts'
import { carryOutIn } from '../interactions/carry-out.ts'
import { creation } from '../interactions/create.ts'
import type { House } from '../interactions/house.ts'
import { serverItself } from '../interactions/pen.ts'
import { storeWords } from '../store/lexicon.ts'
import { comparePairs } from './compare.ts'
import { linkRecords, matchingOf } from './follow.ts'
import type { Decided, Decision, Verdict } from './links.ts'
import { clusterOf } from './look.ts'
import { recluster } from './recluster.ts'
import { ends } from './store/pairs.ts'
import { readPeople } from './store/people.ts'
import { holdState } from './store/state.ts'

const codes: Readonly<Record<Verdict | 'none', string>> = { link: 'link', never: 'unlink', none: 'withdraw' }

/** Carried out at once: decided, clustered anew, golden Patients and Provenances written, in one transaction. */
export async function decideOn(house: House, decision: Decision): Promise<Decided> {
  const [one, other] = [ridOf('Patient', decision.a), ridOf('Patient', decision.b)]
  if (one === other) throw new FhirError('invalid', 'A record cannot be linked to itself, nor kept apart from itself.')
  return house.db.transaction(async (tx) => {
    const state = await holdState(tx, 'wait')
    if (!state) throw new FhirError('conflict', 'Linking was being set up: try again.')
    const matching = matchingOf(house, state)
    await linkRecords(matching, tx, await unknownAmong(tx, [one, other]))
    const people = await readPeople(tx, [one, other])
    if (people.length < 2)
      throw new FhirError('not-found', 'Only Patients as a facility sent them can be linked; one of these is none.')
    await writeDecision(tx, one, other, decision)
    await comparePairs(matching, tx, { changed: people, retold: [], deleted: [], orphaned: [], gone: [], come: [] })
    await recluster(matching, tx, { touched: new Set([one, other]) })
    const provenance = await provenances(house, tx, decision)
    const clusters = [await clusterOf(tx, decision.a), await clusterOf(tx, decision.b)].flatMap((found) => found ?? [])
    const together = clusters[0]?.members.includes(decision.b)
    return { clusters: together ? clusters.slice(0, 1) : clusters, provenance }
  })
}

/** The follower has not come to them yet. */
async function unknownAmong(tx: Queryable, rids: readonly bigint[]): Promise<bigint[]> {
  const known = new Set((await readPeople(tx, rids)).map(({ rid }) => rid))
  return rids.filter((rid) => !known.has(rid))
}

async function writeDecision(tx: Queryable, one: bigint, other: bigint, decision: Decision): Promise<void> {
  const { a, b } = ends(one, other)
  const verdict = decision.verdict === null ? null : decision.verdict === 'link' ? 'l' : 'n'
  await tx.rows(sql`
    insert into person_pair (a, b, weight, band, verdict, decider, decided, reason)
    values (${a}, ${b}, 0, 's', ${verdict}, ${decision.by}, now(), ${decision.reason})
    on conflict (a, b) do update
    set verdict = excluded.verdict, decider = excluded.decider, decided = excluded.decided, reason = excluded.reason`)
}

/**
 * One Provenance for each record: one with both as its targets would be in both compartments, and tell of the other person
 * to whom reads this one's history. The other record is named by its id alone.
 */
async function provenances(house: House, tx: Queryable, decision: Decision): Promise<string> {
  const intents = [
    [decision.a, decision.b],
    [decision.b, decision.a],
  ].map(([target = '', other = '']) => creation(house, { value: provenanceOf(target, other, decision), exact: [] }))
  await storeWords(
    house.db,
    intents.flatMap(({ want }) => want.made.entries.words),
  )
  for (const intent of intents) await carryOutIn(house, serverItself, tx, intent)
  return intents[0]?.id ?? ''
}

function provenanceOf(target: string, other: string, { verdict, by, reason }: Decision): Provenance {
  const code = codes[verdict ?? 'none']
  return {
    resourceType: 'Provenance',
    target: [{ reference: `Patient/${target}` }],
    recorded: new Date().toISOString(),
    activity: { coding: [{ system: 'https://parchi.example/fhir/CodeSystem/link-decision', code }] },
    reason: [{ text: reason }],
    agent: [{ who: /^(?:Practitioner|Organization)\/[\w.-]+$/.test(by) ? { reference: by } : { display: by } }],
    entity: [{ role: 'source', what: { identifier: { system: 'https://parchi.example/fhir/Patient', value: other } } }],
  }
}
