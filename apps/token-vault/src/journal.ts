import { subjectOf } from '@roomwire/events';
import type { Bus } from '@roomwire/jetstream';

export type AuditEntry = {
  operation: string;
  caller: string;
  tenant: string;
  connection: string;
  /** `asked`: written before the change is made, so that none is made without it. */
  verdict: 'asked' | 'refused';
  code?: string;
};

export type Notice = {
  type: 'token-lapsed' | 'token-restored';
  tenant: string;
  connection: string;
  provider: string;
  lease: number;
};

/** What is told to people: the audit trail, and notices. Neither holds a secret. */
export interface Journal {
  audit(entry: AuditEntry, id: string): Promise<void>;
  notice(notice: Notice, id: string): Promise<void>;
}

/** In LOG of the tenant. `id` makes a repetition within the broker's window one entry. */
export class LogJournal implements Journal {
  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly now: () => number,
  ) {}

  async audit(entry: AuditEntry, id: string): Promise<void> {
    const subject = subjectOf({ tenant: entry.tenant, family: 'audit', topic: 'vault' });
    await this.bus.publish(subject, { at: this.at(), ...entry }, { id });
  }

  async notice(notice: Notice, id: string): Promise<void> {
    const subject = subjectOf({ tenant: notice.tenant, family: 'notice', type: notice.type });
    await this.bus.publish(subject, { at: this.at(), ...notice }, { id });
  }

  private at(): string {
    return new Date(this.now()).toISOString();
  }
}
