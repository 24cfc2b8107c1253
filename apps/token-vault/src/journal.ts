import { subjectOf } from '@roomwire/events';
import type { AuditSaid, AuditTrail, Bus } from '@roomwire/jetstream';
import type { LapseCause } from './core/entry.ts';

export type AuditEntry = AuditSaid;

export type Notice = {
  type: 'token-lapsed' | 'token-restored';
  tenant: string;
  connection: string;
  provider: string;
  lease: number;
  /** Of a lapse. */
  cause?: LapseCause;
};

/** What is told to people: the audit trail, and notices. Neither holds a secret. */
export interface Journal {
  /** `id`: a repetition of it is no second entry. */
  audit(entry: AuditEntry, id: string): Promise<void>;
  notice(notice: Notice, id: string): Promise<void>;
}

/** Notices in LOG of the tenant: the id makes a repetition within the broker's window one entry. The trail is a stream of its own. */
export class LogJournal implements Journal {
  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly trail: Pick<AuditTrail, 'append'>,
    private readonly now: () => number,
  ) {}

  audit(entry: AuditEntry, id: string): Promise<void> {
    return this.trail.append(entry, id);
  }

  async notice(notice: Notice, id: string): Promise<void> {
    const subject = subjectOf({ tenant: notice.tenant, family: 'notice', type: notice.type });
    await this.bus.publish(subject, { at: new Date(this.now()).toISOString(), ...notice }, { id });
  }
}
