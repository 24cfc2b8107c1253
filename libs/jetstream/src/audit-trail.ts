import { AUDIT_STREAM, auditEntry, auditHash, auditSubject, type AuditSaid } from './audit-chain.ts';
import { BusError, type Bus, type StoredMessage } from './bus.ts';

const TRIES_MAX = 3;

/** The writer's last entry; `seq` 0: it has none yet, and `hash` is the newest entry of anybody. */
type Head = { n: number; hash: string | null; seq: number };

/**
 * This process' chain in the audit stream: each entry carries the hash of the one before it. One entry at a time, by compare-and-set
 * on the writer's own subject: an entry whose ack was lost is neither doubled nor left out.
 */
export class AuditTrail {
  private readonly subject: string;
  /** Undefined: what stands in the stream is not known, and is read before the next entry. */
  private head: Head | undefined;
  private last: Promise<unknown> = Promise.resolve();
  /** Of a trail that has only come of age nobody is the first again. */
  private mayBeFirst = true;

  constructor(
    private readonly bus: Pick<Bus, 'publish' | 'lastOnLeader'>,
    user: string,
    writer: string,
    private readonly now: () => number,
  ) {
    this.subject = auditSubject(user, writer);
  }

  /** Resolves when it is stored. @throws {BusError} */
  append(said: AuditSaid, id: string): Promise<void> {
    const mine = this.last.then(() => this.write(said, id));
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private async write(said: AuditSaid, id: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      const known = this.head ?? (await this.read(id));
      if (known === 'stored') return;
      try {
        return await this.publish(said, id, known);
      } catch (error) {
        this.head = undefined;
        this.mayBeFirst = false;
        if (tries === TRIES_MAX || !(error instanceof BusError)) throw error;
      }
    }
  }

  private async publish(said: AuditSaid, id: string, { n, hash, seq }: Head): Promise<void> {
    const entry = JSON.stringify({ n: n + 1, prev: hash, id, at: new Date(this.now()).toISOString(), ...said });
    const bytes = new TextEncoder().encode(entry);
    const options = { id: `${this.subject}:${n + 1}:${id}`, expectLast: seq };
    // Two that begin at once both find nothing: the one that comes second has to hang on the other's.
    const first = hash === null && this.mayBeFirst ? { headers: { 'Nats-Expected-Last-Sequence': '0' } } : {};
    const ack = await this.bus.publish(this.subject, bytes, { ...options, ...first });
    this.head = { n: n + 1, hash: auditHash(bytes), seq: ack.seq };
  }

  private async read(id: string): Promise<Head | 'stored'> {
    const own = await this.bus.lastOnLeader(AUDIT_STREAM, this.subject);
    if (own) {
      const entry = auditEntry.parse(JSON.parse(new TextDecoder().decode(own.data)));
      this.head = { n: entry.n, hash: auditHash(own.data), seq: own.seq };
      return entry.id === id ? 'stored' : this.head;
    }
    const newest = await this.bus.lastOnLeader(AUDIT_STREAM, 'audit.>');
    return (this.head = { n: 0, hash: newest ? hashOf(newest) : null, seq: 0 });
  }
}

const hashOf = ({ data }: StoredMessage): string => auditHash(data);
