import type { Reconciling } from '@roomwire/events';
import { advanced, begun, ended, firstOf, isPresent, jobOf, leftOut, nextToAsk, withAsked, type Found } from './pass.ts';

const NOW = 1_800_000_000_000;
const LISTS = ['reservations', 'tasks'];
const BEGINNING = {
  id: '11111111-1111-4111-8111-111111111111',
  ...{ now: NOW, nights: { from: '2027-01-01', until: '2027-12-31' }, list: 'reservations' },
};
const AT = { now: NOW + 1, stepMs: 500 };
const fresh = (): Reconciling => begun(firstOf({ tenant: 't1', provider: 'hostaway', id: 'c1' }, NOW), BEGINNING);
const found = (entity: string, why: Found['difference']['why'] = 'missing'): Found => ({
  ...{ kind: 'reservation', entity },
  difference: { why, epoch: 0, stamp: 5, says: {} },
});
const page = (next: string | null, ...all: Found[]) => ({ next, items: 3, found: all, hasRejects: false });

describe('comparing list after list', () => {
  it('goes from page to page and from list to list, and then looks for what none told', () => {
    const steps = [page('a'), page(null), page(null)].reduce<Reconciling[]>(
      (all, read) => [...all, advanced(all.at(-1)!, read, LISTS, AT)],
      [fresh()],
    );
    expect(steps.map(({ pass }) => [pass!.list, pass!.cursor, pass!.page])).toEqual([
      ['reservations', null, 0],
      ['reservations', 'a', 1],
      ['tasks', null, 2],
      [null, null, 3],
    ]);
    expect(steps.map((each) => jobOf(each)?.page)).toEqual([0, 1, 2, undefined]);
    expect(steps[3]).toMatchObject({ calls: 3, dueAt: AT.now + AT.stepMs, pass: { items: 9, unread: [] } });
  });

  it('drops a job of a page that was read', () => {
    const before = fresh();
    const job = jobOf(before)!;
    expect([isPresent(before, job), isPresent(advanced(before, page('a'), LISTS, AT), job), isPresent(undefined, job)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('remembers a list that could not be read', () => {
    expect(leftOut(fresh(), LISTS, AT).pass).toMatchObject({ list: 'tasks', unread: ['reservations'] });
  });

  it('asks for what differs by its kind, as many as one call reads, each once in a pass', () => {
    const held = advanced(fresh(), page(null, found('1'), found('2', 'changed'), found('3', 'unlisted')), LISTS, AT);
    const asked = nextToAsk(held, ['reservation'], () => 50);
    expect(asked.map(({ entity }) => entity)).toEqual(['1', '3']);
    expect(nextToAsk(held, ['reservation'], () => 1)).toHaveLength(1);
    expect(nextToAsk(held, [], () => 50)).toEqual([]);
    const after = withAsked(held, asked, AT);
    expect(nextToAsk(after, ['reservation'], () => 50)).toEqual([]);
    expect(after.calls).toBe(2);
    const again = advanced({ ...after, pass: { ...after.pass!, list: 'tasks' } }, page(null, found('1')), LISTS, {
      ...AT,
      now: NOW + 9,
    });
    expect(nextToAsk(again, ['reservation'], () => 50)).toMatchObject([{ entity: '1', foundAt: NOW + 1, seenAt: NOW + 9 }]);
  });

  it('hears a provider that went back in time of a few entities, however many it says it of', () => {
    const all = Array.from({ length: 500 }, (_, n) => found(String(n), 'older'));
    const after = advanced(fresh(), page(null, ...all), LISTS, AT);
    expect(after.pass!.found.older).toBe(500);
    expect(after.open.length).toBeLessThanOrEqual(20);
    const missing = all.map((each) => ({ ...each, difference: { ...each.difference, why: 'missing' as const } }));
    expect(advanced(fresh(), page(null, ...missing), LISTS, AT).open.length).toBeLessThanOrEqual(200);
  });

  it('ends with what was found, and forgets what differs no more', () => {
    const first = ended(advanced(fresh(), page(null, found('1')), LISTS, AT), [], NOW + 2);
    expect(first).toMatchObject({ pass: null, open: [{ entity: '1' }], last: { startedAt: NOW, endedAt: NOW + 2, calls: 1 } });
    const second = begun(first, { ...BEGINNING, now: NOW + 10 });
    expect(ended(second, [found('2', 'unlisted')], NOW + 12)).toMatchObject({
      open: [{ entity: '2' }],
      last: { found: { missing: 0, unlisted: 1 } },
    });
    expect(ended(leftOut(second, LISTS, AT), [], NOW + 12).open).toMatchObject([{ entity: '1' }]);
  });
});
