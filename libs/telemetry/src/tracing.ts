import type { Meter } from '@opentelemetry/api';
import type { Log } from './log.ts';

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export type TracingOptions = {
  service: string;
  version: string;
  /** Tells this process from its replicas. */
  instance: string;
  /** The whole address, with its path. */
  url: string;
  /** May hold a password of the collector's. */
  headers: Record<string, string>;
  /** One export with its repeats, milliseconds. */
  timeoutMs: number;
  /** A span waits so long for others to go with, milliseconds. */
  delayMs: number;
  sampler: (typeof SAMPLERS)[number];
  /** Share of new traces that are kept, 0 to 1; only with `traceidratio`. */
  ratio: number;
  /** More of the resource. */
  resource: Record<string, string>;
};
export type Tracing = { /** Sends what waits, for at most a second; then it is lost. */ close(): Promise<void> };

/** The SDK is a hundred modules, and most processes trace nothing: it is loaded here. */
export async function startTracing(options: TracingOptions, parts: { log: Log; meter: Meter }): Promise<Tracing> {
  const { startSdk } = await import('./tracing-sdk.ts');
  return startSdk(options, parts);
}
