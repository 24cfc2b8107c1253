import type { Intent } from './core/entry.ts';

/**
 * Since when this process knows of which intent. Spans are counted from the first sight by a clock that only counts on, so no two
 * clocks are ever compared; who sees it late waits longer, and never too short.
 */
export class Sightings {
  private readonly seen = new Map<string, { id: string; at: number }>();

  constructor(private readonly monotonic: () => number) {}

  /** Whether others must leave it alone. */
  stands(connection: string, intent: Intent | null): boolean {
    if (!intent) {
      this.seen.delete(connection);
      return false;
    }
    const known = this.seen.get(connection);
    if (known?.id === intent.id) return this.monotonic() - known.at < intent.standsMs;
    this.seen.set(connection, { id: intent.id, at: this.monotonic() });
    return true;
  }
}
