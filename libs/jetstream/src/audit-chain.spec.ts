import { auditHash, auditSubject, AuditVerifier, type StoredAudit } from './audit-chain.ts';

const said = { at: '2026-11-21T06:00:00.000Z', operation: 'put-credentials', caller: 'operator', verdict: 'asked' };

/** What two writers in turn would have stored: `a` 1, `b` 1, `a` 2, … */
function trail(length: number, firstSeq = 1): StoredAudit[] {
  const heads = new Map<string, { n: number; hash: string }>();
  let newest: string | null = null;
  return Array.from({ length }, (_, i) => {
    const writer = i % 2 ? 'b' : 'a';
    const before = heads.get(writer);
    const entry = { n: (before?.n ?? 0) + 1, prev: before?.hash ?? newest, id: `${i}`, ...said };
    const data = Buffer.from(JSON.stringify(entry));
    newest = auditHash(data);
    heads.set(writer, { n: entry.n, hash: newest });
    return { seq: firstSeq + i, subject: auditSubject('token-vault', writer), data };
  });
}

function verified(stored: StoredAudit[], firstSeq = 1): AuditVerifier {
  const verifier = new AuditVerifier(firstSeq);
  for (const entry of stored) verifier.take(entry);
  return verifier;
}

describe('AuditVerifier', () => {
  it('finds nothing in a trail that is as it was written, nor in one whose beginning has come of age', () => {
    expect(verified(trail(12))).toMatchObject({ findings: [], entries: 12 });
    expect(verified(trail(12).slice(5), 6).findings).toEqual([]);
  });

  it.each(Array.from({ length: 10 }, (_, i) => i))('finds that entry %i was taken out', (at) => {
    expect(verified(trail(12).filter((_, i) => i !== at)).findings).not.toEqual([]);
    // Also where the rest was numbered anew, as by whoever wrote the whole stream again.
    const renumbered = trail(12).filter((_, i) => i !== at).map((entry, i) => ({ ...entry, seq: i + 1 })); // prettier-ignore
    expect(verified(renumbered).findings).not.toEqual([]);
  });

  it.each(Array.from({ length: 10 }, (_, i) => i))('finds that entry %i was altered', (at) => {
    const altered = trail(12).map((entry, i) =>
      i === at ? { ...entry, data: Buffer.from(Buffer.from(entry.data).toString().replace('"operator"', '"somebody"')) } : entry,
    );
    expect(
      verified(altered)
        .findings.filter(({ problem }) => problem.includes('altered'))
        .map(({ seq }) => seq),
    ).toEqual([at + 1]);
  });

  it('finds that two entries were exchanged, that one is none, and that a writer is gone as a whole', () => {
    const [one, other, ...rest] = trail(12) as [StoredAudit, StoredAudit, ...StoredAudit[]];
    const third = rest.shift()!;
    expect(verified([third, other, one, ...rest].map((entry, i) => ({ ...entry, seq: i + 1 }))).findings).not.toEqual([]);
    expect(verified([one, { ...other, data: Buffer.from('{}') }, third, ...rest]).findings).not.toEqual([]);
    const onlyB = trail(12).filter(({ subject }) => subject.endsWith('.b'));
    expect(verified(onlyB.map((entry, i) => ({ ...entry, seq: i + 1 }))).findings).not.toEqual([]);
  });

  it('names the heads, which nothing vouches for yet', () => {
    const stored = trail(3);
    expect([...verified(stored).heads]).toEqual([
      ['token-vault.a', { n: 2, seq: 3, hash: auditHash(stored[2]!.data) }],
      ['token-vault.b', { n: 1, seq: 2, hash: auditHash(stored[1]!.data) }],
    ]);
  });
});
