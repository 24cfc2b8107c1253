import { guest } from './testing/tellings.ts';
import { eventId, eventMessage, eventOf, type EventOrigin } from './event.ts';
import { change, recordChangeOf } from './change.ts';
import { facetNames, facetSchema, KINDS } from './facets.ts';
import { facet, recordSchema, type EntityRecord } from './record.ts';

const problems = (record: unknown): string[] =>
  recordSchema.safeParse(record).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
const origin: EventOrigin = {
  tenant: 't1',
  provider: 'hostaway',
  lane: 'live',
  receipt: 'receipt-1',
  receivedAt: '2026-01-01T00:00:00.000Z',
};

describe('recordSchema', () => {
  it('takes a telling of any facets that its kind has', () => {
    expect(problems(guest('Ada'))).toEqual([]);
  });

  it('names the facet that a kind does not have', () => {
    const stamp = { epoch: 0, modifiedAt: 1, rank: 0 as const, observedAt: 0, mapping: 1 };
    const record: EntityRecord = { ...guest('Ada'), facets: { weather: facet({}, stamp) } };

    expect(problems(record)).toEqual(['facets.weather: a reservation has no facet "weather"']);
    for (const name of ['__proto__', 'constructor', 'toString']) expect(facetSchema('reservation', name)).toBeUndefined();
  });

  it('names the field of a content that does not fit, and any that is too many', () => {
    const stamp = { epoch: 0, modifiedAt: 1, rank: 0 as const, observedAt: 0, mapping: 1 };
    const bad = (content: unknown): string[] => problems({ ...guest('Ada'), facets: { guest: facet(content, stamp) } });

    expect(bad({ name: 'Ada', adults: 'two', children: null })[0]).toMatch(/^facets\.guest\.content\.adults: /);
    expect(bad({ name: 'Ada', adults: null })[0]).toMatch(/^facets\.guest\.content\.children: /);
    expect(bad({ name: 'Ada', adults: null, children: null, doorCode: '4711' })[0]).toMatch(
      /^facets\.guest\.content: .*doorCode/,
    );
  });

  it("refuses a content whose hash is another's", () => {
    const record = guest('Ada');
    record.facets['guest']!.content = { name: 'Mallory', adults: null, children: null };

    expect(problems(record)).toEqual(['facets.guest.version.contentHash: is not the hash of the content']);
  });

  it('refuses an id that is too long, by name', () => {
    expect(problems({ ...guest('Ada'), entity: 'x'.repeat(129) })).toEqual(['entity: expected at most 128 bytes of UTF-8']);
  });

  it('has a facet a night for calendars, named by its date', () => {
    expect(facetSchema('availability', '2026-02-28')).toBeDefined();
    expect(facetSchema('availability', '2026-02-30')).toBeUndefined();
    expect(facetSchema('reservation', '2026-02-28')).toBeUndefined();
    for (const kind of KINDS) expect(facetNames(kind)).toContain('existence');
  });
});

describe('eventId', () => {
  it('is the same for the same statement, whatever the order of its keys', () => {
    const ada = guest('Ada');
    const { content, version } = ada.facets['guest']!;
    const reordered = {
      ...ada,
      facets: { guest: { content: Object.fromEntries(Object.entries(content as object).reverse()), version } },
    } as EntityRecord;

    expect(eventId('hostaway', reordered)).toBe(eventId('hostaway', ada));
  });

  it('differs in whatever makes another statement', () => {
    const ids = [
      eventId('hostaway', guest('Ada')),
      eventId('beds24', guest('Ada')),
      eventId('hostaway', guest('Grace')),
      eventId('hostaway', guest('Ada', { modifiedAt: 2 })),
      eventId('hostaway', guest('Ada', { rank: 1, observedAt: 1 })),
      eventId('hostaway', guest('Ada', { rank: 1, observedAt: 1, settled: true })),
      eventId('hostaway', { ...guest('Ada'), entity: '2' }),
      eventId('hostaway', { ...guest('Ada'), connection: 'c2' }),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('events and changes', () => {
  it('fit their own schemas', () => {
    expect(eventMessage.parse(eventOf(guest('Ada'), origin))).toMatchObject({
      type: 'roomwire.reservation.told',
      pipeline: 'booking',
    });
    const place = { property: 'p-1', units: ['u-1'] };
    const told = recordChangeOf(guest('Ada'), 3, place, origin, { confirmed: false, previous: { property: null, units: [] } });

    expect(change.parse(told)).toMatchObject({ type: 'roomwire.reservation.changed', revision: 3 });
    expect(recordChangeOf(guest('Ada'), 3, place, origin, { confirmed: true }).type).toBe('roomwire.reservation.confirmed');
  });

  it('call a tombstone gone', () => {
    const gone = { ...guest('Ada') };
    gone.facets = {
      ...gone.facets,
      existence: facet({ state: 'gone' }, { epoch: 0, modifiedAt: 1, rank: 1, observedAt: 1, mapping: 1 }),
    };

    expect(recordChangeOf(gone, 1, { property: null, units: [] }, origin, { confirmed: false }).type).toBe(
      'roomwire.reservation.gone',
    );
  });
});
