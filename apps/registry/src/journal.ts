import { randomUUID } from 'node:crypto';
import { contentHash, subjectOf } from '@roomwire/events';
import type { Bus } from '@roomwire/jetstream';

/** What the registry tells people of what it does by itself: in LOG of the tenant. @throws {BusError} */
export class Journal {
  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly now: () => number,
  ) {}

  /** Written before what it says is done: nothing happens that nobody said. */
  async audit(tenant: string, entry: Record<string, unknown>): Promise<void> {
    const subject = subjectOf({ tenant, family: 'audit', topic: 'registry' });
    await this.bus.publish(subject, { ...entry, by: 'registry', at: this.at() }, { id: `audit:${randomUUID()}` });
  }

  /** The same notice twice within the broker's window is one. */
  async notice(tenant: string, type: string, said: Record<string, unknown>): Promise<void> {
    const subject = subjectOf({ tenant, family: 'notice', type });
    const id = `notice:${contentHash([type, tenant, said]).slice(0, 40)}`;
    await this.bus.publish(subject, { at: this.at(), type, tenant, ...said }, { id });
  }

  private at(): string {
    return new Date(this.now()).toISOString();
  }
}
