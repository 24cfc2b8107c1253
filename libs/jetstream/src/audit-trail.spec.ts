import { AuditVerifier } from './audit-chain.ts';
import { AuditTrail } from './audit-trail.ts';
import { BusError, type Bus, type StoredMessage } from './bus.ts';

/** A stream in memory with the broker's compare-and-set, of which the spec decides when acks and messages get lost. */
function stream(aged = 0) {
  const stored: StoredMessage[] = [];
  const ids = new Set<string>();
  const faults: ('lost' | 'ack-lost')[] = [];
  const lastOf = (filter: string) => stored.findLast(({ subject }) => filter === 'audit.>' || subject === filter);
  const bus = {
    async publish(to: unknown, body: unknown, { id, expectLast, headers = {} }: Parameters<Bus['publish']>[2]) {
      const fault = faults.shift();
      if (fault === 'lost') throw new BusError('unavailable', 'lost');
      const subject = String(to);
      if (ids.has(id)) return { stream: 'AUDIT', seq: lastOf(subject)!.seq, duplicate: true };
      const seq = aged + stored.length + 1;
      const isAfter = String(seq - 1) === (headers['Nats-Expected-Last-Sequence'] ?? String(seq - 1));
      if ((lastOf(subject)?.seq ?? 0) !== expectLast || !isAfter) throw new BusError('conflict', 'not the last');
      ids.add(id);
      stored.push({ subject, seq, time: new Date(0), data: body as Uint8Array, header: () => '', headers: [] });
      if (fault === 'ack-lost') throw new BusError('unavailable', 'ack lost');
      return { stream: 'AUDIT', seq, duplicate: false };
    },
    lastOnLeader: async (_stream: string, subject: string) => lastOf(subject),
  };
  const verified = () => {
    const verifier = new AuditVerifier(aged + 1);
    return { entries: stored.map((message) => verifier.take(message)!), findings: verifier.findings };
  };
  return { bus, faults, stored, verified };
}
const said = { operation: 'put-credentials', caller: 'operator', verdict: 'asked' } as const;

describe('AuditTrail', () => {
  it('is one chain for each writer, each hung on the newest entry of anybody', async () => {
    const { bus, verified } = stream();
    const [one, other] = [
      new AuditTrail(bus, 'token-vault', 'one', () => 0),
      new AuditTrail(bus, 'token-vault', 'other', () => 0),
    ];
    await one.append(said, 'a');
    await Promise.all([other.append(said, 'b'), one.append(said, 'c'), other.append(said, 'd'), one.append(said, 'e')]);
    const { entries, findings } = verified();
    expect(findings).toEqual([]);
    expect(entries.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(entries.filter(({ prev }) => prev === null).map(({ id }) => id)).toEqual(['a']);
  });

  it('has one first entry, although two writers begin at once', async () => {
    const { bus, verified } = stream();
    const writers = ['one', 'other', 'third'].map((name) => new AuditTrail(bus, 'token-vault', name, () => 0));
    await Promise.all(writers.map((writer, n) => writer.append(said, `${n}`)));
    const { entries, findings } = verified();
    expect(findings).toEqual([]);
    expect(entries.filter(({ prev }) => prev === null)).toHaveLength(1);
    expect(entries).toHaveLength(3);
  });

  it('goes on where everything before has come of age', async () => {
    const { bus, verified } = stream(7);
    await new AuditTrail(bus, 'token-vault', 'one', () => 0).append(said, 'a');
    expect(verified()).toMatchObject({ entries: [{ id: 'a', n: 1 }], findings: [] });
  });

  it('neither doubles nor leaves out an entry of which the ack, or the way there, was lost', async () => {
    const { bus, faults, verified } = stream();
    const trail = new AuditTrail(bus, 'token-vault', 'one', () => 0);
    faults.push('ack-lost');
    await trail.append(said, 'a');
    faults.push('lost', 'ack-lost');
    await trail.append(said, 'b');
    await trail.append(said, 'c');
    expect(verified()).toMatchObject({ entries: [{ id: 'a', n: 1 }, { id: 'b', n: 2 }, { id: 'c', n: 3 }], findings: [] }); // prettier-ignore
  });

  it('says where it cannot write, and goes on from what is there', async () => {
    const { bus, faults, verified } = stream();
    const trail = new AuditTrail(bus, 'token-vault', 'one', () => 0);
    await trail.append(said, 'a');
    faults.push('lost', 'lost', 'lost');
    await expect(trail.append(said, 'b')).rejects.toMatchObject({ code: 'unavailable' });
    await trail.append(said, 'c');
    expect(verified()).toMatchObject({ entries: [{ id: 'a' }, { id: 'c', n: 2 }], findings: [] });
  });
});
