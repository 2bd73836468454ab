/** Structured logging: never a secret, never once per message. */
export interface Log {
  info(fields: Record<string, unknown>, sentence: string): void
  warn(fields: Record<string, unknown>, sentence: string): void
  error(fields: Record<string, unknown>, sentence: string): void
}

/** Counts what happens. Names are Prometheus metric names without the `parlance_` prefix. */
export interface Metrics {
  count(name: string, by?: number, labels?: Record<string, string>): void
  /** A figure read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void
}
