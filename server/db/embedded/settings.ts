/**
 * How the embedded server runs: a shared record on a small machine (2 cores, a few GB). Durability is never traded:
 * fsync, full_page_writes and synchronous_commit stay on.
 */
export const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: '100',
  shared_buffers: '384MB',
  effective_cache_size: '2GB',
  work_mem: '16MB',
  maintenance_work_mem: '256MB',
  max_locks_per_transaction: '256',
  synchronous_commit: 'on',
  fsync: 'on',
  wal_compression: 'pglz', // the binaries from npm have no lz4
  wal_level: 'replica',
  max_wal_size: '4GB',
  min_wal_size: '256MB',
  wal_buffers: '16MB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  random_page_cost: '1.1',
  jit: 'off',
  // Two cores serve many small statements: a parallel plan would only take them from each other, and need /dev/shm.
  max_parallel_workers_per_gather: '0',
  // A first load of bundles changes the picture quickly: analyse after 2 % of the rows, not 10 %.
  autovacuum_analyze_scale_factor: '0.02',
  autovacuum_vacuum_scale_factor: '0.1',
  autovacuum_vacuum_insert_scale_factor: '0.1',
  autovacuum_naptime: '15s',
  log_timezone: 'UTC',
  timezone: 'UTC',
  // Statements carry values of patients: none may end in the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}
