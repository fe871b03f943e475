import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import pg from 'pg'
import { inDatabase, type Connection } from '../../server/db/connection.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openDatabase } from '../../server/db/open.ts'
import { sql } from '../../server/db/sql.ts'
import { analyze, flushTokens } from '../../server/store/maintain.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

describe('The rights of the server', function () {
  this.timeout(60_000)
  const [password, owner, name] = ['p', `owner_${id()}`, `rights_${id()}`]
  let base: TestDatabase
  let admin: pg.Client
  before(async () => {
    base = await testDatabase()
    admin = new pg.Client(base.connection)
    await admin.connect()
  })
  after(async () => {
    await admin?.query(`drop database if exists ${name} with (force)`)
    await admin?.query(`drop role if exists ${owner}`)
    await admin?.end()
    await base?.drop()
  })
  afterEach(async () => {
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.query(`drop role if exists ${owner}`)
  })

  it('are those of parchi_app at once after the first migration, on every connection', async () => {
    await admin.query(`create database ${name} template template0 encoding 'UTF8'`)
    const db = await openDatabase({ at: inDatabase(base.connection, name), connections: 4 })
    try {
      await Promise.all([1, 2, 3].map(() => db.rows(sql`select pg_sleep(0.05)`)))
      await migrate(db)
      expect(await users(db)).to.deep.equal(['parchi_app'])
      expect(await migrate(db), 'again').to.deep.equal([])
      await db.transaction(flushTokens)
      await db.transaction(analyze)
    } finally {
      await db.close()
    }
  })

  for (const [given, user] of [
    ['was given parchi_app', 'parchi_app'],
    ['was not given it', owner],
  ] as const) {
    it(`are those of ${user === owner ? 'the owner' : user} where that one is no superuser and ${given}, and the policies hold`, async () => {
      await admin.query(`create role ${owner} login password '${password}'`)
      await admin.query(`create database ${name} owner ${owner} template template0 encoding 'UTF8'`)
      if (user !== owner) await admin.query(`grant parchi_app to ${owner}`)
      const at = asUser(inDatabase(base.connection, name), owner, password)
      const db = await openDatabase({ at, connections: 4 })
      try {
        await migrate(db)
        expect(await users(db)).to.deep.equal([user])
        await db.transaction(flushTokens)
        const refused = db.transaction(async (tx) => {
          await tx.rows(sql`select set_config('parchi.pen', '1', true)`)
          await tx.rows(sql`
            insert into resource (rid, updated, patient, version, type, how, id, present, tokens, body, facility)
            values (1, 1, 0, 1, 1, 'c', 'x', '', '{}', '}}', 2)`)
        })
        expect(await refused.catch((error: { cause?: { code?: string } }) => error.cause?.code)).to.equal('42501')
      } finally {
        await db.close()
      }
    })
  }

  async function users(db: Awaited<ReturnType<typeof openDatabase>>): Promise<string[]> {
    const asked = Array.from({ length: 4 }, () =>
      db.rows<{ who: string }>(sql`select current_user::text as who from pg_sleep(0.02)`),
    )
    return [...new Set((await Promise.all(asked)).flat().map(({ who }) => who))]
  }
})

/** A user in the address goes before one beside it. */
function asUser({ connectionString, ...parts }: Connection, user: string, password: string): Connection {
  if (connectionString === undefined) return { ...parts, user, password }
  return { ...parts, connectionString: Object.assign(new URL(connectionString), { username: user, password }).href }
}

function id(): string {
  return randomBytes(4).toString('hex')
}
