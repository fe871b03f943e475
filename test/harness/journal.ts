import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../server/db/database.ts'
import { makeLog } from '../../server/log.ts'
import { insertLines } from '../../server/store/audit.ts'
import { Journal } from '../../server/store/journal.ts'

/** In a folder of its own, which is there while something is in it. */
export function testJournal(db: Database, folder = join(tmpdir(), `parchi-test-audit-${randomUUID()}`)): Journal {
  return new Journal({ folder, insert: (lines) => insertLines(db, lines), log: makeLog('silent') })
}
