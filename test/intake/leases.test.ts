import { expect } from 'chai'
import type { Database } from '../../server/db/database.ts'
import { asOwner } from '../../server/db/role.ts'
import { sql } from '../../server/db/sql.ts'
import { openIntake, type OpenIntake } from '../../server/intake/open.ts'
import { processMessages } from '../../server/intake/process/process.ts'
import { receive } from '../../server/intake/receive.ts'
import { claim, fail, LeaseLost, type Job } from '../../server/jobs/queue.ts'
import { BASE, openDesk } from '../interactions/house.ts'
import { after as turnsBefore, takeTurns } from '../interactions/interleave/turns.ts'
import { toyCatalog } from './toy.ts'

/** `INTERLEAVE=all`: whenever the lease ends. */
const ALL = process.env['INTERLEAVE'] === 'all'

/** Of the worker whose lease ends before it does: mostly while it tries halves; the last are after it was through. */
const TURNS = Array.from({ length: 100 }, (_, n) => n).filter((n) => ALL || n % 11 === 0 || (n > 19 && n < 32))
const slugs = [...TURNS, 'alone'].map((turns) => `site${turns}x`)

/** Whoever is known already: nothing of these two changes any more. */
const BEFORE = ['s1||1|Asha|||', 's2||2|Ravi|||']
/** PostgreSQL refuses the third visit and does not tell whose it is, so that the batch is tried in halves. */
const FIRST = [
  'k1||1|Asha|v1|PCM|',
  'k2||2|Ravi|v2|PCM|',
  'k3||3|Mina|v3|PCM|',
  'k4||4|Sita|v4|PCM|',
  'k5||5|Gita|v5|PCM|',
]
/** The corrections of it: other visits, another name, another patient. */
const SECOND = ['k1||1|Asha|v8|PCM|', 'k2||2|Ravi|v9|PCM|', 'k4||4|Rita|v4|PCM|', 'k5||6|Gita|v5|PCM|']

describe('A worker that was too slow, so that another has taken up its work', () => {
  let open: Awaited<ReturnType<typeof openDesk>>
  let intake: OpenIntake
  before(async () => {
    open = await openDesk()
    const options = { catalog: toyCatalog(slugs.map((slug) => ({ slug, rejectPct: 100 }))), base: BASE, lanes: 0 }
    intake = openIntake(open.house, { ...options, limits: { batch: 3 } })
    await intake.start()
    await refuseThird(open.house.db)
  })
  after(async () => {
    await intake.stop()
    await open.drop()
  })

  const send = (facility: string, lines: readonly string[]) =>
    receive(intake, { facility, via: 'test', bytes: [Buffer.from(`${lines.join('\n')}\n`)].values() as never })

  /** As a worker does it, over a database whose turns are taken with others. */
  const work = async (db: Database, jobs: readonly Job[]): Promise<void> => {
    const own = { ...intake, house: { ...intake.house, db }, ensured: new Set<string>() }
    await processMessages(own, jobs, () => false).catch(async (error: unknown) => {
      if (!(error instanceof LeaseLost)) await fail(intake.house.db, jobs, String(error))
    })
  }
  const workAll = async (db: Database, slug: string): Promise<void> => {
    await db.rows(sql`update job set leased = now() - interval '1 hour', run_at = now() where lane = ${slug}`)
    for (let jobs: Job[] | undefined; (jobs = await claim(db, 200));) await work(db, jobs)
  }

  it('leaves nothing behind that it had not written before, whenever that was', async function () {
    this.timeout(120_000)
    await send('sitealonex', BEFORE)
    await send('sitealonex', FIRST)
    await send('sitealonex', SECOND)
    await workAll(intake.house.db, 'sitealonex')
    const alone = await leftOf(intake.house.db, 'sitealonex')
    expect(alone).to.include('message 2 done 5 {"accepted": 4, "quarantined": 1}')
    expect(alone.filter((line) => line.startsWith('record 2 '))).to.have.length(5)
    for (const turns of TURNS) {
      const slug = `site${turns}x`
      await send(slug, BEFORE)
      await workAll(intake.house.db, slug)
      await send(slug, FIRST)
      const held = (await claim(intake.house.db, 1, 3600)) ?? []
      expect(held).to.have.length(1)
      await send(slug, SECOND)
      const works = [(db: Database) => work(db, held), (db: Database) => workAll(db, slug)]
      await takeTurns(intake.house.db, works, turnsBefore(turns))
      await workAll(intake.house.db, slug)
      expect(differing(await leftOf(intake.house.db, slug), alone), `after ${turns} turns`).to.equal('')
    }
  })
})

async function refuseThird(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await asOwner(tx)
    await tx.rows(sql`
      create function refuse_third() returns trigger language plpgsql as
      $$ begin raise exception 'never' using errcode = '22000'; end $$`)
    await tx.rows(sql`
      create trigger refuse_third before insert on resource for each row when (new.id like '%-e-v3')
      execute function refuse_third()`)
  })
}

/** Lines that only one of them has. */
function differing(left: readonly string[], alone: readonly string[]): string {
  const more = left.filter((line) => !alone.includes(line)).map((line) => `+ ${line}`)
  return [...more, ...alone.filter((line) => !left.includes(line)).map((line) => `- ${line}`)].join('\n')
}

/** Every version, outcome and key of a facility, without its name, the names of messages and the time. */
async function leftOf(db: Database, slug: string): Promise<string[]> {
  const like = `%${slug}%`
  const rows = await db.rows<{ line: string }>(sql`
    with sent as (select id, row_number() over (order by id) as place from message where facility = ${slug})
    select line from (
      select concat_ws(' ', type, id, version, how, 'now', body) as line from resource where id like ${like} or body like ${like}
      union all
      select concat_ws(' ', type, id, version, how, 'past', body) from history where id like ${like} or body like ${like}
      union all
      select concat_ws(' ', 'message', place, state, total, counts) from message join sent using (id)
      union all
      select concat_ws(' ', 'record', place, number, through, state, issues) from record join sent on sent.id = message
      union all
      select concat_ws(' ', 'key', place, number, fingerprint, at) from record_key join sent on sent.id = message
      union all
      select concat_ws(' ', 'job', kind, dead) from job where lane = ${slug}
    ) l`)
  const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=urn:parchi:mapping","value":")\w+/g
  return rows
    .map(({ line }) =>
      line
        .replaceAll(slug, 'SLUG')
        .replace(ids, 'ID')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, 'T'),
    )
    .toSorted()
}
