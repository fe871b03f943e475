import { Gauge, type Registry } from 'prom-client'
import type { Journal } from '../store/journal.ts'

/** What of the audit of this process is still on its way to the database. */
export function auditGauges(journal: Pick<Journal, 'backlog'>) {
  return (registry: Registry): void => {
    const gauge = (name: string, help: string, of: () => number) => {
      const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(of()) })
    }
    gauge('parchi_audit_waiting_rows', 'Rows of the audit that wait for the database.', () => journal.backlog.rows)
    gauge(
      'parchi_audit_waiting_seconds',
      'For how long the oldest of them has waited; reads are refused after 30.',
      () => journal.backlog.seconds,
    )
    gauge(
      'parchi_audit_aside_rows',
      'Rows of the audit set aside since this process started, because the database refuses them.',
      () => journal.backlog.aside,
    )
  }
}
