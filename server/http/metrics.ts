import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../db/database.ts'

export interface Metrics {
  /** Counts an answered request under the code of its interaction: `read`, `transaction`, `$everything`, or `none`. */
  observe(code: string, status: number, seconds: number): void
  /** Text for Prometheus. */
  print(): Promise<string>
  readonly contentType: string
}

/**
 * Labels are only interaction codes of our own table and status classes: nothing a client sends ever becomes one.
 */
export function makeMetrics(
  { connections }: Pick<Database, 'connections'>,
  more: readonly ((registry: Registry) => void)[] = [],
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'parchi_request_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['interaction', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'parchi_failures_total',
    help: 'Requests answered with a 5xx.',
    registers: [registry],
  })
  const gauge = new Gauge({
    name: 'parchi_database_connections',
    help: 'Database connections: open, of these idle, and how much work waits for one.',
    labelNames: ['state'],
    registers: [registry],
    collect: () => Object.entries(connections?.() ?? {}).forEach(([state, count]) => gauge.set({ state }, count)),
  })
  for (const each of more) each(registry)
  // Looked up once per pair: hashing labels on each request costs more than counting.
  const children = new Map<string, { observe(seconds: number): void }>()
  return {
    observe(interaction, status, seconds) {
      const group = `${Math.floor(status / 100)}xx`
      const key = interaction + group
      let child = children.get(key)
      if (!child) children.set(key, (child = durations.labels({ interaction, status: group })))
      child.observe(seconds)
      if (status >= 500) failures.inc()
    },
    print: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
