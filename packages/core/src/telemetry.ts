/** Timings and counts of the hot paths, for whoever wants to watch them. All methods return at once and never throw. */
export interface Telemetry {
  /** `seconds` one operation named `metric` took, e.g. `METRICS.spendableQuerySeconds`. */
  observe(metric: string, seconds: number, labels?: Readonly<Record<string, string>>): void
  /** Raises the counter `metric` by `by` (default 1). */
  count(metric: string, by?: number, labels?: Readonly<Record<string, string>>): void
  /** Says what the gauge `metric` stands at. Left out by what keeps no gauges. */
  set?(metric: string, value: number, labels?: Readonly<Record<string, string>>): void
}

export const silentTelemetry: Telemetry = { observe: () => undefined, count: () => undefined }

/** The names of the metrics txkeep exports. Source: docs/spec/monitor.md §5. */
export const METRICS = {
  auditEvents: 'txkeep_tx_audit_events_total',
  spendableFlips: 'txkeep_outputs_spendable_flips_total',
  leaseOperations: 'txkeep_monitor_lease_operations_total',
  cutoverStepSeconds: 'txkeep_cutover_step_duration_seconds',
  cutoverBudgetSeconds: 'txkeep_cutover_budget_seconds',
  fkOrphanRows: 'txkeep_fk_orphan_rows',
  spendableQuerySeconds: 'txkeep_spendable_query_duration_seconds',
  idbClients: 'txkeep_idb_clients',
  shadowDivergence: 'txkeep_shadow_divergence_total',
  transactions: 'txkeep_transactions',
  backupLastSuccess: 'txkeep_backup_last_success_timestamp_seconds',
  taskSeconds: 'txkeep_monitor_task_duration_seconds',
  taskLastSuccess: 'txkeep_monitor_task_last_success_timestamp_seconds',
  fenceRefusals: 'txkeep_monitor_fence_refusals_total',
  leaseTakeovers: 'txkeep_monitor_lease_takeovers_total',
  providerRequests: 'txkeep_provider_requests_total',
  broadcastDiscrepancies: 'txkeep_broadcast_discrepancies_total',
  proofStalled: 'txkeep_proof_stalled',
  chainTipHeight: 'txkeep_chain_tip_height',
  dbClockSkewSeconds: 'txkeep_db_clock_skew_seconds',
} as const
