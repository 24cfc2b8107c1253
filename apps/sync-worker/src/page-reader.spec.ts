import { type Drain, drainKey, type FetchJob, type PageJob, type Subject, subjectOf } from '@roomwire/events';
import { BusError, type Delivery } from '@roomwire/jetstream';
import { begun, jobOf } from './core/drain.ts';
import { NOTHING } from './core/mark.ts';
import { readFileSync } from 'node:fs';
import { PageReader, type PageReaderParts } from './page-reader.ts';
import { DrainTable, drainOf, ROUND } from './testing/drain.ts';
import { account } from './testing/reading.ts';

const LISTING = JSON.parse(
  readFileSync(new URL('../../../libs/pms-adapters/src/hostaway/fixtures/answer-listing.json', import.meta.url), 'utf8'),
) as { result: object };
const LISTINGS = JSON.stringify({ status: 'success', result: [LISTING.result], count: 1 });
const BODY = (ids: number[]) => Buffer.from(JSON.stringify({ status: 'success', result: ids.map((id) => ({ id })) }));

/** A worker's part of it, over a table that compares and sets, a bus that keeps what it is given, and a provider by script. */
function worker(...pages: number[][]) {
  return workerOf({}, ...pages);
}

function workerOf(more: Partial<Drain>, ...pages: number[][]) {
  const key = drainKey(drainOf(more));
  const last = { endedAt: ROUND.now, pages: 1, items: 0, problem: null, mark: NOTHING };
  const drains = new DrainTable([begun(drainOf({ calendarsDueAt: ROUND.now * 2, last, ...more }), ROUND)]);
  let body: string | undefined;
  const published: { subject: string; body: unknown }[] = [];
  const fails: { at: 'raw' | 'fetch' | 'update' | 'nowhere' } = { at: 'nowhere' };
  const cursors: unknown[] = [];
  const at = { mayMiss: false };
  const failAt = (what: string): void => {
    if (fails.at !== what) return;
    fails.at = 'nowhere';
    throw new BusError('unavailable', 'killed here');
  };
  const parts: PageReaderParts = {
    bus: {
      publish: async (subject, body, { expectLast }) => {
        const text = typeof subject === 'string' ? subject : subjectOf(subject);
        failAt(text.split('.')[2]!);
        if (expectLast === 0 && published.some((each) => each.subject === text)) throw new BusError('conflict', 'it waits there');
        published.push({ subject: text, body });
        return { stream: 'S', seq: published.length, duplicate: false };
      },
    },
    connections: { get: () => account, fromLeader: async () => account },
    drains: {
      entryFromLeader: (name) => drains.entryFromLeader(name),
      update: async (name, value, expected) => {
        failAt('update');
        return drains.update(name, value, expected);
      },
    },
    reader: {
      read: async (_asked, _connection, _provider, plan) => {
        cursors.push(new URL(plan.path, 'http://x').searchParams.get('afterId'));
        const facts = { operation: plan.operation, status: 200, providerDate: ROUND.now, observedAt: ROUND.now * 1_000 };
        const bytes = body === undefined ? BODY(pages.shift() ?? []) : Buffer.from(body);
        return { kind: 'answer', answer: { ...facts, bytes, requestedAt: ROUND.now, answeredAt: ROUND.now } };
      },
    },
    pace: { leastMs: 60_000, mostMs: 900_000 },
    mayMiss: () => at.mayMiss,
    ...{ now: () => ROUND.now, random: () => 0.5, figures: { page: () => undefined } },
  };
  const reader = new PageReader(parts);
  const of = (family: string) => published.filter(({ subject }) => subject.includes(`.${family}.`));
  return {
    ...{ cursors, fails, at },
    raws: () => of('raw').length,
    notices: () => of('notice').map(({ body }) => body),
    calendars: () =>
      of('fetch').flatMap(({ body }) => ((body as FetchJob).kind === 'availability' ? [(body as FetchJob).entity] : [])),
    asked: () => of('fetch').map(({ body }) => (body as PageJob).page),
    now: () => drains.get(key)!,
    answersWith: (text: string) => void (body = text),
    /** Another round, of which the calendars are due again. */
    begin: () =>
      drains.keep(key, begun(drainOf({ calendarsDueAt: 0, last, ...more }), { ...ROUND, id: ROUND.id.replaceAll('1', '2') })),
    handle: (job = jobOf(drains.get(key)!)!) => reader.handle(deliveryOf(job)),
  };
}

function deliveryOf(job: PageJob): Delivery {
  const { tenant, lane, provider, connection, list } = job;
  const subject: Subject = { tenant, family: 'fetch', lane, provider, connection, kind: 'page', entity: list };
  const { tenant: of, stream, seq, attempt } = { tenant, stream: 'FETCH_t1', seq: 7, attempt: 1 };
  const none = (): never => {
    throw new Error('not asked for');
  };
  const facts = { tenant: of, stream, seq, attempt, subject, data: new Uint8Array() };
  return { ...facts, header: () => '', json: () => job, origin: none, note: () => undefined };
}

describe('a backfill', () => {
  it('tells each tenth of its way once, and its end; a poll tells neither', async () => {
    const { handle, notices, answersWith } = workerOf({ lane: 'backfill', since: null });
    const page = (ids: number[], count = 20) => JSON.stringify({ status: 'success', result: ids.map((id) => ({ id })), count });
    for (const id of [1, 2, 3]) {
      answersWith(page([id]));
      await handle();
    }
    answersWith(page([], 3));
    await handle();

    const of = { tenant: 't1', connection: 'c1', provider: 'hostaway', list: 'reservations' };
    expect(notices()).toMatchObject([
      { ...of, type: 'backfill-under-way', pages: 2, pagesAbout: 20, items: 2, itemsAbout: 20 },
      { ...of, type: 'backfill-done', pages: 4, items: 3 },
    ]);
    const poll = worker([1], []);
    await poll.handle();
    await poll.handle();
    expect(poll.notices()).toEqual([]);
  });
});

describe('reading a list page by page', () => {
  it('asks for the calendars of what it lists, and leaves those in their place that wait from the round before', async () => {
    const { handle, calendars, answersWith, begin } = workerOf({ list: 'listings', since: null, calendarsDueAt: 0 });
    answersWith(LISTINGS);
    await handle();
    const asked = calendars();
    expect(asked).toHaveLength(12);

    begin();
    expect(await handle()).toEqual({ kind: 'done' });
    expect(calendars()).toEqual(asked);
  });

  it('stores each page, and asks for the next until there is none', async () => {
    const { handle, now, cursors, asked, raws } = worker([1, 2], [3], []);
    for (const page of [1, 2]) {
      expect(await handle()).toEqual({ kind: 'done' });
      expect(now().round).toMatchObject({ page });
    }
    expect(await handle()).toEqual({ kind: 'done' });

    expect(now()).toMatchObject({ round: null, last: { pages: 3, items: 3, problem: null } });
    expect([cursors, asked(), raws()]).toEqual([[null, '2', '3'], [1, 2], 3]);
  });

  it('lets one of two workers with the same page go on', async () => {
    const { handle, now, raws, asked } = worker([1, 2], [1, 2], []);
    const both = await Promise.all([handle(), handle()]);

    expect(both.map(({ kind }) => kind).sort()).toEqual(['done', 'drop']);
    expect([now().round!.page, raws(), asked()]).toEqual([1, 2, [1]]);
  });

  it('drops a page of a round that is over', async () => {
    const { handle, now, cursors } = worker([]);
    const job = jobOf(now())!;
    await handle(job);

    expect(await handle(job)).toEqual({ kind: 'drop', reason: 'another-round' });
    expect(cursors).toHaveLength(1);
  });

  it.each([
    ['the answer is stored', 'raw', 2, [1]],
    ['the round has advanced', 'update', 2, [1]],
    // The round has advanced: its next page is asked for without another call.
    ['the next page is asked for', 'fetch', 1, [1]],
  ] as const)('goes on after a kill just before %s', async (_name, at, calls, pages) => {
    const { handle, fails, now, cursors, asked } = worker([1, 2], [1, 2]);
    const job = jobOf(now())!;
    fails.at = at;
    await expect(handle(job)).rejects.toBeInstanceOf(BusError);
    expect(await handle(job)).toEqual({ kind: 'done' });

    expect([now().round!.page, cursors.length, asked()]).toEqual([1, calls, pages]);
  });

  it('makes a dead letter of an answer that is no page, and leaves the list to be read from where the round began', async () => {
    const { handle, now, answersWith, asked } = worker([1, 2], []);
    answersWith('{"status":"success","result":"none"}');
    expect(await handle()).toMatchObject({ kind: 'reject', reason: 'malformed-answer' });

    expect(now()).toMatchObject({ since: drainOf().since, round: null, last: { problem: 'malformed-answer' } });
    expect(now().dueAt).toBeGreaterThan(ROUND.now);
    expect(asked()).toEqual([]);
  });

  it('comes back as soon as may be while webhooks do not come', async () => {
    const [usual, silent] = [worker([]), worker([])];
    silent.at.mayMiss = true;
    for (const each of [usual, silent]) await each.handle();

    expect([usual.now().everyMs, silent.now().everyMs]).toEqual([90_000, 60_000]);
  });

  it('does not read a job that names another list than its subject', async () => {
    const { now, cursors } = worker([1]);
    const parts = worker([1]);
    const delivery = { ...deliveryOf(jobOf(now())!), json: () => ({ ...jobOf(now()), list: 'listings' }) };

    expect(await new PageReader({} as PageReaderParts).handle(delivery)).toMatchObject({ reason: 'wrong-subject' });
    expect([cursors, parts.cursors]).toEqual([[], []]);
  });
});
