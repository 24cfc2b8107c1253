import { HEADER, isGone, parseAnsweredHints, parseRawContext, type Connection, type FetchJob } from '@roomwire/events';
import type { Delivery } from '@roomwire/jetstream';
import { cloudbeds, memory, smoobu } from '@roomwire/pms-adapters';
import { pms, type ReadPlan, type RequestPlan } from '@roomwire/pms-port';
import { EntityReader, type Member } from './entity-reader.ts';
import { readPlan } from './plan.ts';
import type { Asked, ReadOutcome } from './reader.ts';
import { account, jobOf } from './testing/reading.ts';

const connection: Connection = { ...account, provider: 'memory', account: 'a1' };
const provider = pms(memory);
const NOW = 1_800_000_000_000;

/** Nobody understands what the provider says of it. */
const BAD = '99';
const reservation = (id: string) => ({
  ...{ kind: 'reservation', id, modifiedAt: '2027-01-01T00:00:00Z' },
  facets: { units: { units: id === BAD ? 7 : [] } },
});
const member = (entity: string, more: Partial<FetchJob> = {}): Member => {
  const job = jobOf({ provider: 'memory', entity, receipt: `receipt-of-${entity}`, ...more });
  const delivery = { stream: 'FETCH_t1', seq: 100 - Number(entity), header: () => '' } as unknown as Delivery;
  const plan = readPlan([job], connection, provider);
  if ('kind' in plan) throw new Error(plan.detail);
  return { delivery, job, party: { connection, provider }, plan };
};
const decision = (reason: string, kind: 'reject' | 'retry' = 'reject'): ReadOutcome => ({
  kind: 'decision',
  decision: { kind, reason },
});

/** A reader of a provider who has `there`, unless `otherwise` says something else of the ids that were asked for. */
function entities(
  there: readonly string[],
  otherwise: (ids: readonly string[], plan: RequestPlan) => ReadOutcome | undefined = () => undefined,
) {
  const asked: (Asked & { ids: readonly string[]; path: string })[] = [];
  const raws: { body: Uint8Array; headers: Record<string, string> }[] = [];
  /** By their numbers: a newer job has taken their place in the stream. */
  const outdated = new Set<number>();
  const reader = new EntityReader({
    bus: {
      message: async (_stream, seq) =>
        outdated.has(seq)
          ? undefined
          : { subject: '', seq, time: new Date(NOW), header: () => '', headers: [], data: new Uint8Array() },
      publish: async (_subject, body, { headers }) => {
        raws.push({ body: body as Uint8Array, headers: headers! });
        return { stream: 'S', seq: raws.length, duplicate: false };
      },
    },
    reader: {
      read: async (job, _connection, _provider, plan: RequestPlan & { ids?: readonly string[] }) => {
        const { operation, ids = [], path } = plan;
        asked.push({ ...job, ids, path });
        const found = ids.filter((id) => there.includes(id)).map(reservation);
        const isOne = ids.length === 1;
        const bytes = Buffer.from(JSON.stringify(isOne ? (found[0] ?? '') : { entities: found }));
        const status = isOne && found.length === 0 ? 404 : 200;
        const facts = { operation, ids, status, bytes, providerDate: NOW, observedAt: NOW * 1_000, requestedAt: NOW };
        return otherwise(ids, plan) ?? { kind: 'answer', answer: { ...facts, answeredAt: NOW } };
      },
    },
    ...{ now: () => NOW, figures: { hop: () => undefined } },
  });
  const contexts = () => raws.map(({ headers }) => parseRawContext((name) => headers[name]).data!);
  return {
    ...{ asked, outdated, contexts },
    ids: () => asked.map((each) => each.ids.join()),
    read: (...members: Member[]) => reader.read(members),
    hints: () => raws.map(({ headers }) => parseAnsweredHints(headers[HEADER.hint] ?? '').map(({ entity }) => entity)),
    readIds: () => contexts().map((context) => (context.via === 'read' ? context.read.ids : [])),
    /** Who is told to be gone by what is stored. */
    gone: () =>
      raws.flatMap(({ body }, index) =>
        provider
          .decode({ tenant: 't1', connection: 'c1', account: 'a1', body, context: contexts()[index]! })
          .tellings.filter(isGone)
          .map(({ entity }) => entity),
      ),
  };
}

describe('EntityReader', () => {
  it('reads many by one call, under the slot of their kind and the name of the longest waiting, and stores one answer', async () => {
    const { read, asked, hints, readIds } = entities(['1', '2', '3']);
    const fates = await read(member('1'), member('2'), member('3', { reason: 'operator' }));
    expect(fates.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored']);
    expect(new Set(fates.map((fate) => fate.kind === 'stored' && fate.receipt)).size).toBe(1);
    expect(asked).toMatchObject([
      { kind: 'reservation', entity: '*', id: 'FETCH_t1:97', others: ['FETCH_t1:99', 'FETCH_t1:98'], ids: ['1', '2', '3'] },
    ]);
    expect([readIds(), hints()]).toEqual([[['1', '2', '3']], [['1', '2']]]);
  });

  it('goes on where the answer is one page of several, and stores the one that shows what was asked for', async () => {
    const flat = { ...connection, provider: 'smoobu' as const };
    const party = { connection: flat, provider: pms(smoobu) };
    const pages = new Map([1, 2, 3, 4].map((page) => [String(page), page === 3 ? [{ id: 7, message: 'Hi', type: 1 }] : []]));
    const { read, asked, contexts } = entities([], (_ids, { path }) => {
      const page = new URL(path, 'http://x').searchParams.get('page')!;
      const bytes = Buffer.from(JSON.stringify({ page_count: 4, page: 1, messages: pages.get(page) }));
      const answer = { operation: 'messages', ids: ['292/7'], cursor: page, status: 200, bytes, providerDate: NOW };
      return { kind: 'answer', answer: { ...answer, observedAt: NOW * 1_000, requestedAt: NOW, answeredAt: NOW } };
    });
    const job = jobOf({ provider: 'smoobu', kind: 'message', entity: '292/7' });
    const plan = readPlan([job], flat, party.provider) as ReadPlan;
    const delivery = { stream: 'FETCH_t1', seq: 1, header: () => '' } as unknown as Delivery;

    expect(await read({ delivery, job, party, plan })).toMatchObject([{ kind: 'stored', answer: { cursor: '3' } }]);
    expect(asked.map(({ path }) => path.split('page=')[1])).toEqual(['1', '4', '3']);
    expect(contexts()).toMatchObject([{ read: { ids: ['292/7'], cursor: '3' } }]);
  });

  it('does not believe for the first time that one of them is gone, and leaves it out of what is stored', async () => {
    const { read, ids, gone, readIds } = entities(['1']);
    const fates = await read(member('1'), member('2'), member('3', { reason: 'confirm-gone' }));
    expect(fates.map(({ kind }) => kind)).toEqual(['stored', 'again', 'stored']);
    expect(fates[1]).toMatchObject({ job: { entity: '2', reason: 'confirm-gone', receipt: 'receipt-of-2' } });
    expect([ids(), readIds(), gone()]).toEqual([['1,2,3'], [['1', '3']], ['3']]);
  });

  it('reads the others once more where the answer has the one that is not believed, as deleted', async () => {
    const house: Connection = { ...account, provider: 'cloudbeds', account: 'p1' };
    const party = { connection: house, provider: pms(cloudbeds) };
    const rows = (ids: readonly string[]) =>
      ids.map((id) => ({ propertyID: 'p1', reservationID: id, isDeleted: id === '1', status: 'confirmed' }));
    const answer = { operation: 'reservations', status: 200, providerDate: NOW, observedAt: NOW * 1_000, requestedAt: NOW };
    const { read, ids, readIds } = entities([], (asked) => {
      const bytes = Buffer.from(JSON.stringify({ success: true, data: rows(asked) }));
      return { kind: 'answer', answer: { ...answer, ids: asked, bytes, answeredAt: NOW } };
    });
    const guest = (entity: string): Member => {
      const { job, ...rest } = member(entity);
      return { ...rest, job: { ...job, provider: 'cloudbeds' }, party };
    };
    expect((await read(guest('1'), guest('2'))).map(({ kind }) => kind)).toEqual(['again', 'stored']);
    expect([ids(), readIds()]).toEqual([['1,2', '2'], [['2']]]);
  });

  it('stores nothing where none of them is believed', async () => {
    const { read, readIds } = entities([]);
    expect((await read(member('1'), member('2'))).map(({ kind }) => kind)).toEqual(['again', 'again']);
    expect(readIds()).toEqual([]);
  });

  it.each([decision('invalid-request'), decision('forbidden'), decision('malformed-answer')])(
    'finds the one that spoils the others: %j',
    async (refusal) => {
      const { read, ids, readIds } = entities(['1', '2', '3', '4'], (asked) => (asked.includes('3') ? refusal : undefined));
      const fates = await read(member('1'), member('2'), member('3'), member('4'));
      expect(fates.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'decision', 'stored']);
      expect(ids()).toEqual(['1,2,3,4', '1,2', '3,4', '3', '4']);
      expect(readIds()).toEqual([['1', '2'], ['4']]);
    },
  );

  it('lets what cannot be understood hide neither who is there nor who is gone', async () => {
    const { read, readIds, gone } = entities(['1', '2', BAD]);
    const fates = await read(member('1'), member('2'), member(BAD), member('4', { reason: 'confirm-gone' }));
    expect(fates.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored', 'stored']);
    expect([readIds(), gone()]).toEqual([[['1', '2'], [BAD], ['4']], ['4']]);
  });

  it('does not take the 404 of a call for many as the end of them all', async () => {
    const none = { operation: 'read-many-reservation', status: 404, bytes: new Uint8Array(), providerDate: null };
    const answer = { ...none, observedAt: 1, requestedAt: 1, answeredAt: 1 };
    const { read, ids, gone } = entities(['1', '2'], (asked) =>
      asked.length > 1 ? { kind: 'answer', answer: { ...answer, ids: asked } } : undefined,
    );
    const confirming = { reason: 'confirm-gone' } as const;
    expect((await read(member('1', confirming), member('2', confirming))).map(({ kind }) => kind)).toEqual(['stored', 'stored']);
    expect([ids(), gone()]).toEqual([['1,2', '1', '2'], []]);
  });

  it('tells each what the failure of their call leads to, and asks nobody again for it', async () => {
    for (const failure of [decision('provider-error', 'retry'), decision('credential-rejected'), decision('vault-not-allowed')]) {
      const { read, ids } = entities([], () => failure);
      expect(await read(member('1'), member('2'))).toEqual([failure, failure]);
      expect(ids()).toEqual(['1,2']);
    }
  });

  it('asks by halves for more than the provider takes at once', async () => {
    const all = Array.from({ length: 12 }, (_, index) => String(index + 1));
    const { read, asked } = entities(all);
    expect(await read(...all.map((entity) => member(entity)))).toHaveLength(12);
    expect(asked.map(({ ids }) => ids.length)).toEqual([6, 6]);
  });

  it('is needless where newer jobs have taken the place of all who wait in it', async () => {
    const { read, asked, outdated } = entities(['1', '2']);
    const members = [member('1'), member('2')];
    await read(...members);
    outdated.add(members[0]!.delivery.seq);
    expect(await asked[0]!.isNeedless!()).toBe(false);
    outdated.add(members[1]!.delivery.seq);
    expect(await asked[0]!.isNeedless!()).toBe(true);
  });
});
