import fc from 'fast-check';
import { facet, join, type ConflictState, type EntityRecord, type Kind } from '@roomwire/events';
import { endOf, horizonAt, isPastConflict, isPastRecord, isPastTelling } from './horizon.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-21T12:00:00Z');
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const daysAgo = (days: number): string => dayOf(NOW - days * DAY);
const stamp = (ms: number) => ({ epoch: 0, modifiedAt: ms * 1000, rank: 0 as const, observedAt: 0, mapping: 1 });
const of = (kind: Kind, facets: Record<string, unknown>, stampedMs = NOW - 900 * DAY): EntityRecord => ({
  ...{ kind, connection: 'c1', entity: '1' },
  facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp(stampedMs))])),
});
const stay = (departure: string, stampedMs?: number) =>
  of('reservation', { core: { status: 'confirmed', arrival: '2020-01-01', departure } }, stampedMs);
const past = (told: EntityRecord): boolean => isPastTelling(told, horizonAt(NOW, 400));

describe('the horizon of a telling', () => {
  it.each([
    ['a stay that ended 403 days ago', stay(daysAgo(403)), true],
    ['one that ended 401 days ago: somewhere the day is not over', stay(daysAgo(401)), false],
    ['one that is to come', stay('2027-01-01'), false],
    ['an old one that was corrected a week ago', stay(daysAgo(900), NOW - 7 * DAY), false],
    ['only a guest’s name, told long ago', of('reservation', { guest: { name: 'Ada' } }), false],
    ['a message sent long ago', of('message', { core: { sentAt: '2020-01-01T00:00:00Z' } }), true],
    ['a message sent lately', of('message', { core: { sentAt: '2026-11-01T00:00:00Z' } }), false],
    ['a message that only its stamp dates', of('message', { core: { sentAt: null } }), true],
    ['a cleaning that was done', of('task', { core: { status: 'done' } }), true],
    ['one that was done 399 days ago', of('task', { core: { status: 'done' } }, NOW - 399 * DAY), false],
    ['one that is open, however old', of('task', { core: { status: 'open' } }), false],
    ['an open one that is gone', of('task', { core: { status: 'open' }, existence: { state: 'gone' } }), true],
    ['a ticket that was closed', of('ticket', { core: { status: 'closed' } }), true],
    ['one that is open', of('ticket', { core: { status: 'open' } }), false],
    ['the last report of a door', of('unit-status', { core: { status: 'clean' } }), false],
    ['a house', of('property', { core: { name: 'Harbour' } }), false],
    ['nights of a month long ago', of('availability', { '2024-02-01': { available: 0, closed: false } }), true],
    ['prices of this month', of('rate', { '2026-11-01': { minimumStay: null } }), false],
    ['no night at all', of('rate', { existence: { state: 'present' } }), false],
  ])('%s', (_what, told, isPast) => {
    expect(past(told)).toBe(isPast);
  });

  it('takes any night of a month for the whole of it', () => {
    const month = of('rate', { '2024-02-01': {} });

    expect(endOf(month)).toBe(endOf(of('rate', { '2024-02-29': {}, '2024-02-03': {} })));
    expect(endOf(month)).toBe(Date.parse('2024-03-02'));
  });

  it('is not moved by somebody who looked whether the entity exists', () => {
    const read = facet({ state: 'present' }, stamp(NOW));
    const told = stay(daysAgo(900));

    expect(past({ ...told, facets: { ...told.facets, existence: read } })).toBe(true);
  });
});

describe('the horizon of a record', () => {
  it('goes by when somebody last told of it where it does not say when it ends', () => {
    const nowhere = of('reservation', { guest: { name: 'Ada' } });

    expect(isPastRecord(nowhere, NOW - 399 * DAY, horizonAt(NOW, 400))).toBe(false);
    expect(isPastRecord(nowhere, NOW - 401 * DAY, horizonAt(NOW, 400))).toBe(true);
  });

  it('that lasts does not, whoever told it when', () => {
    expect(isPastRecord(of('unit-status', { core: { status: 'clean' } }), 0, horizonAt(NOW, 400))).toBe(false);
  });

  const ago = fc.integer({ min: -50, max: 1500 });
  const telling = fc.oneof(
    fc.tuple(ago, ago).map(([left, stamped]) => stay(daysAgo(left), NOW - stamped * DAY)),
    fc
      .tuple(fc.constantFrom('open', 'done', 'cancelled'), ago)
      .map(([status, stamped]) => of('task', { core: { status } }, NOW - stamped * DAY)),
    fc
      .tuple(fc.option(ago), ago)
      .map(([sent, stamped]) =>
        of('message', { core: { sentAt: sent === null ? null : new Date(NOW - sent * DAY).toISOString() } }, NOW - stamped * DAY),
      ),
    fc.tuple(ago, ago).map(([night, stamped]) => of('rate', { [daysAgo(night)]: {} }, NOW - stamped * DAY)),
  );
  const days = fc.constantFrom(1, 10, 400);

  it('what was forgotten, and what is refused afterwards, are past together', () => {
    fc.assert(
      fc.property(telling, telling, days, (a, b, kept) => {
        const horizon = horizonAt(NOW, kept);
        fc.pre(a.kind === b.kind && isPastTelling(a, horizon) && isPastTelling(b, horizon));
        expect(isPastRecord(join(a, b), NOW, horizon)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('what is past stays so', () => {
    fc.assert(
      fc.property(telling, days, fc.nat(1000), (told, kept, later) => {
        fc.pre(isPastTelling(told, horizonAt(NOW, kept)));
        expect(isPastTelling(told, horizonAt(NOW + later * DAY, kept))).toBe(true);
      }),
    );
  });
});

describe('the horizon of a conflict', () => {
  const about = (lastNight: string | null, more: Partial<ConflictState> = {}): ConflictState => ({
    ...{ id: 'c-0123456789ab', kind: 'overlap', status: 'resolved', property: null, unit: null, unitType: null, place: 'u-1' },
    ...{ firstNight: lastNight, lastNight, since: new Date(NOW - 900 * DAY).toISOString(), sides: [], ...more },
  });
  const message = (sentAt: string | null) => ({
    sides: [{ what: 'message' as const, connection: 'c1', message: '1', reservation: null, sentAt }],
  });

  it.each([
    ['of nights long ago', about(daysAgo(403)), true],
    ['of nights that are not over everywhere', about(daysAgo(401)), false],
    ['that nobody has resolved', about(daysAgo(403), { status: 'dismissed' }), false],
    ['of nights long ago that was seen lately', about(daysAgo(403), { since: new Date(NOW - 7 * DAY).toISOString() }), false],
    ['of a message sent long ago', about(null, message(`${daysAgo(402)}T00:00:00Z`)), true],
    ['of one sent lately', about(null, message(`${daysAgo(2)}T00:00:00Z`)), false],
    ['of one that does not say when, seen long ago', about(null, message(null)), true],
  ])('%s', (_what, state, isPast) => {
    expect(isPastConflict(state, horizonAt(NOW, 400))).toBe(isPast);
  });
});
