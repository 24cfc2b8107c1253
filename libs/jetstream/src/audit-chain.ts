import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Stream of the whole installation; one subject a writer, so that a compare-and-set on it keeps its chain in one piece. */
export const AUDIT_STREAM = 'AUDIT';
/** `user`: of NATS, who alone may write there. `writer`: one process, for as long as it lives. */
export const auditSubject = (user: string, writer: string): string => `audit.${user}.${writer}`;

/**
 * One line of the trail. `asked`: written before the change is made, so that none is made without it. `counted`: what is too much for a
 * line each, by minute.
 */
export const auditEntry = z.object({
  /** Counts up from 1 for each writer. */
  n: z.int().min(1),
  /** {@link auditHash} of the writer's last entry; of its first one, that of the newest entry of anybody. Null: there was none at all. */
  prev: z.string().nullable(),
  id: z.string(),
  at: z.string(),
  operation: z.string(),
  caller: z.string(),
  verdict: z.enum(['asked', 'done', 'refused', 'counted']),
  tenant: z.string().optional(),
  connection: z.string().optional(),
  code: z.string().optional(),
  /** A data key, or a key-encryption key. */
  key: z.string().optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
  /** What else is to be known of it. */
  details: z.record(z.string(), z.unknown()).optional(),
  /** Of `counted`: begin of the minute. */
  minute: z.string().optional(),
  /** Of `counted`: how often, by connection. */
  counts: z.record(z.string(), z.int()).optional(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
/** What a writer says; the rest makes it a link of its chain. */
export type AuditSaid = Omit<AuditEntry, 'n' | 'prev' | 'id' | 'at'>;

/** Of an entry's stored bytes. */
export const auditHash = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

export type StoredAudit = { seq: number; subject: string; data: Uint8Array };
export type AuditFinding = { seq: number; writer: string; problem: string };

/** Takes the trail entry by entry, oldest first, and finds where it is not as it was written. */
export class AuditVerifier {
  readonly findings: AuditFinding[] = [];
  entries = 0;
  /** Of each writer, the hash of its last entry: kept elsewhere, it vouches for what nothing follows here. */
  readonly heads = new Map<string, { n: number; hash: string; seq: number }>();
  private readonly hashes = new Set<string>();
  private last: number;

  /** `firstSeq`: of the oldest entry that the stream still has. What is older has come of age. */
  constructor(private readonly firstSeq: number) {
    this.last = firstSeq - 1;
  }

  take({ seq, subject, data }: StoredAudit): AuditEntry | undefined {
    const writer = subject.split('.').slice(1).join('.');
    if (seq !== this.last + 1) this.found(seq, writer, `${seq - this.last - 1} entries before it are missing from the stream`);
    this.last = seq;
    this.entries++;
    const hash = auditHash(data);
    const entry = parsed(data);
    if (entry) this.link(entry, { seq, writer });
    else this.found(seq, writer, 'is no entry');
    this.hashes.add(hash);
    this.heads.set(writer, { n: entry?.n ?? (this.heads.get(writer)?.n ?? 0) + 1, hash, seq });
    return entry;
  }

  private link({ n, prev }: AuditEntry, { seq, writer }: { seq: number; writer: string }): void {
    const before = this.heads.get(writer);
    const hasAged = this.firstSeq > 1;
    if (before) {
      if (n !== before.n + 1) return this.found(seq, writer, `is entry ${n} of its writer and follows entry ${before.n}`);
      if (prev !== before.hash) this.found(before.seq, writer, 'is not what its successor says that it was: altered');
      return;
    }
    if (hasAged) return; // what it hangs on may be gone lawfully
    if (n !== 1) return this.found(seq, writer, `is entry ${n} of its writer, and those before it are missing`);
    const isFirst = seq === this.firstSeq;
    if (prev === null ? !isFirst : !this.hashes.has(prev))
      this.found(seq, writer, 'hangs on an entry of another writer that is not there as it was');
  }

  private found(seq: number, writer: string, problem: string): void {
    this.findings.push({ seq, writer, problem });
  }
}

function parsed(data: Uint8Array): AuditEntry | undefined {
  try {
    const result = auditEntry.safeParse(JSON.parse(new TextDecoder().decode(data)));
    return result.data;
  } catch {
    return undefined;
  }
}
