import { facet, type EntityRecord, type RawContext, type Stamp } from '@roomwire/events';
import type { Decoded, PmsAdapter, RawMessage } from './adapter.ts';
import { decoded } from './decoded.ts';
import { pms } from './pms.ts';

const receivedAt = '2029-06-01T10:00:00.000Z';
const push: RawContext = { via: 'push', receipt: 'receipt-1', receivedAt };
const read: RawContext = {
  via: 'read',
  receipt: 'receipt-1',
  receivedAt,
  read: { kind: 'unit', ids: ['u1'], operation: 'unit', status: 200, observedAt: 1_000, providerDate: null },
};
const stamp: Stamp = { epoch: 0, modifiedAt: Date.parse(receivedAt) * 1000, rank: 0, observedAt: 0, mapping: 3 };
const readStamp: Stamp = { ...stamp, rank: 1, observedAt: 1_000 };

const unit = (stamped: Stamp, changes: Partial<EntityRecord> = {}): EntityRecord => ({
  kind: 'unit',
  connection: 'c1',
  entity: 'u1',
  facets: { core: facet({ property: 'p1', unitType: null, name: 'Room 1' }, stamped) },
  ...changes,
});
const withExistence = (stamped: Stamp) => unit(readStamp, { facets: { existence: facet({ state: 'present' }, stamped) } });

function judged(answer: Decoded | (() => never), context: RawContext = push, changes: Partial<PmsAdapter> = {}): Decoded {
  const adapter = {
    provider: 'memory',
    mapping: 3,
    capabilities: { webhooks: true, webhookAuth: 'none', pushes: ['unit'], reads: ['unit', 'availability'], token: 'none' },
    clocks: {
      unit: { clock: 'provider', resolutionMs: 1_000 },
      task: { clock: 'provider', resolutionMs: 1 },
      availability: { clock: 'observed' },
      rate: { clock: 'observed' },
    },
    limits: [],
    baseUrl: '',
    admit: () => ({ kind: 'forged', reason: '' }),
    decode: () => (typeof answer === 'function' ? answer() : answer),
    errorCode: () => 'provider-error',
    ...changes,
  } satisfies PmsAdapter;
  const raw: RawMessage = { tenant: 't1', connection: 'c1', account: null, body: new Uint8Array(), context };
  return pms(adapter).decode(raw);
}
const told = (...tellings: EntityRecord[]) => decoded({ tellings });
const task = unit(stamp, {
  kind: 'task',
  facets: { core: facet({ unit: null, type: 'other', status: 'open', title: '', due: null }, stamp) },
});
const later = (record: EntityRecord, ms: number): EntityRecord => ({
  ...record,
  facets: { core: facet(record.facets['core']!.content, { ...stamp, modifiedAt: stamp.modifiedAt + ms * 1000 }) },
});

describe('what an adapter tells', () => {
  it('goes on when it keeps the contract', () => {
    expect(judged(told(unit(stamp)))).toEqual(told(unit(stamp)));
    expect(judged(told(unit(readStamp)), read)).toEqual(told(unit(readStamp)));
    expect(judged(told(withExistence({ ...readStamp, modifiedAt: 1_000 })), read).tellings.length).toBe(1);
  });

  it('is a reject when it throws, with the name of what it threw and not a word of the body', () => {
    const { rejects } = judged(() => JSON.parse('{"secret": hello}') as never);

    expect(rejects).toEqual([{ reason: 'adapter-threw', pointer: '', detail: expect.stringMatching(/^SyntaxError/) as string }]);
    expect(JSON.stringify(rejects)).not.toContain('secret');
  });

  it('is a reject when nothing was said at all', () => {
    expect(judged(decoded({})).rejects).toEqual([expect.objectContaining({ reason: 'schema' })]);
  });

  it.each<[string, EntityRecord, RawContext]>([
    ['a content of another shape', unit(stamp, { facets: { core: facet({ name: 'Room 1' }, stamp) } }), push],
    ['a facet of another kind', unit(stamp, { facets: { guest: facet({}, stamp) } }), push],
    ['no facet', unit(stamp, { facets: {} }), push],
    ['another connection', unit(stamp, { connection: 'c2' }), push],
    ['another mapping', unit({ ...stamp, mapping: 2 }), push],
    ['another epoch', unit({ ...stamp, epoch: 1 }), push],
    ['a read’s rank, by a push', unit({ ...stamp, rank: 1 }), push],
    ['a read’s instant, by a push', unit({ ...stamp, observedAt: 1 }), push],
    ['a settled push', unit(stamp, { facets: { core: { ...unit(stamp).facets['core']!, settled: true } } }), push],
    ['existence, by a push', unit(stamp, { facets: { existence: facet({ state: 'gone' }, stamp) } }), push],
    ['a push’s rank, by a read', unit(stamp), read],
    ['another read’s instant', unit({ ...readStamp, observedAt: 2 }), read],
    ['existence on the provider’s clock', withExistence(readStamp), read],
    [
      'existence, by a page',
      withExistence({ ...readStamp, modifiedAt: 1_000 }),
      { ...read, read: { kind: 'unit', operation: 'page', status: 200, observedAt: 1_000, providerDate: null } },
    ],
  ])('is a reject when it has %s', (_name, telling, context) => {
    const { tellings, hints, rejects } = judged(told(telling), context);

    expect({ tellings, hints }).toEqual({ tellings: [], hints: [] });
    expect(rejects).toEqual([expect.objectContaining({ reason: 'schema' })]);
  });

  it('is a reject when its id is too long, and the others go on', () => {
    const { tellings, rejects } = judged(told(unit(stamp, { entity: 'ü'.repeat(65) }), unit(stamp)));

    expect(tellings).toEqual([unit(stamp)]);
    expect(rejects).toEqual([expect.objectContaining({ reason: 'id-too-long', pointer: '/entity' })]);
  });

  it('is a reject when its kind has no clock', () => {
    expect(judged(told(unit(stamp)), push, { clocks: {} }).rejects).toEqual([expect.objectContaining({ reason: 'no-clock' })]);
  });

  it('is a hint when a push is of an observed kind, or a dead letter where nothing can read it', () => {
    const night = (kind: 'availability' | 'rate', content: unknown) =>
      unit(stamp, { kind, entity: 'ut1:2029-07', facets: { '2029-07-01': facet(content, stamp) } });
    const availability = night('availability', { available: 1, closed: false });
    const rate = night('rate', { price: { amountMinor: 1, currency: 'EUR' }, minimumStay: null });

    expect(judged(told(availability))).toEqual(
      decoded({ hints: [{ kind: 'availability', entity: 'ut1:2029-07', reason: 'hint' }] }),
    );
    expect(judged(told(rate)).rejects).toEqual([expect.objectContaining({ reason: 'no-clock' })]);
  });

  it('is a hint when a push is stamped more than five minutes after its receipt, or a dead letter', () => {
    expect(judged(told(later(unit(stamp), 300_000))).tellings.length).toBe(1);
    expect(judged(told(later(unit(stamp), 300_001)))).toEqual(
      decoded({ hints: [{ kind: 'unit', entity: 'u1', reason: 'hint' }] }),
    );
    expect(judged(told(later(task, 300_001))).rejects).toEqual([expect.objectContaining({ reason: 'future-stamp' })]);
  });
});

describe('what an adapter hints', () => {
  const hint = { kind: 'unit', entity: 'u1', reason: 'hint' } as const;

  it('is said once a message', () => {
    expect(judged(decoded({ hints: [hint, hint, { ...hint, entity: 'u2' }] })).hints).toEqual([hint, { ...hint, entity: 'u2' }]);
  });

  it('is a reject when nothing can read it, or its id cannot be carried', () => {
    const { hints, rejects } = judged(
      decoded({
        hints: [
          { ...hint, kind: 'task' },
          { ...hint, entity: 'x'.repeat(129) },
          { ...hint, entity: '' },
        ],
      }),
    );

    expect(hints).toEqual([]);
    expect(rejects.length).toBe(1); // one a pointer, with all three in its detail
    expect(rejects[0]!.detail.split('; ').length).toBe(3);
  });
});
