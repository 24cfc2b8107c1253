import fc from 'fast-check';
import { anyTelling, guest, origin } from './testing/examples.ts';
import { eventId } from './event.ts';
import { facetNames, facetSchema, KINDS } from './facets.ts';
import { facet, recordSchema, type EntityRecord } from './record.ts';

const problems = (record: unknown): string[] =>
  recordSchema.safeParse(record).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
const reversed = (value: unknown): unknown =>
  value instanceof Object && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .map(([key, each]) => [key, reversed(each)] as const)
          .reverse(),
      )
    : value;

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

  it('refuses a facet "__proto__" by name: it must not vanish', () => {
    const record = JSON.parse(JSON.stringify(guest('Ada')).replace('"guest"', '"__proto__"')) as EntityRecord;

    expect(problems(record)).toEqual(['facets: no kind has a facet "__proto__"']);
    for (const facets of [undefined, null, [], 'guest']) expect(problems({ ...guest('Ada'), facets })[0]).toMatch(/^facets: /);
  });

  it('refuses lone surrogates, wherever text may be: they have no hash', () => {
    const record = guest('Ada');
    (record.facets['guest']!.content as { name: string }).name = '\uD800';

    expect(problems(record)).toEqual(['facets.guest.content.name: expected well-formed Unicode']);
    expect(problems({ ...guest('Ada'), entity: 'a\uDFFF' })).toEqual(['entity: expected well-formed Unicode']);
  });

  it('refuses what it does not know, in the record, a facet and a version', () => {
    const { facets } = guest('Ada');
    const state = facets['guest']!;

    expect(problems({ ...guest('Ada'), tenant: 't2' })[0]).toMatch(/tenant/);
    expect(problems({ ...guest('Ada'), facets: { guest: { ...state, more: 1 } } })[0]).toMatch(/^facets\.guest: .*more/);
    expect(problems({ ...guest('Ada'), facets: { guest: { ...state, version: { ...state.version, rank: 2 } } } })[0]).toMatch(
      /^facets\.guest\.version\.rank: /,
    );
    expect(problems({ ...guest('Ada'), facets: { guest: { ...state, settled: false } } })[0]).toMatch(
      /^facets\.guest\.settled: /,
    );
  });

  it('reads any telling of any kind back as it was, through JSON', () => {
    fc.assert(
      fc.property(anyTelling, (told) => {
        expect(recordSchema.parse(JSON.parse(JSON.stringify(told)))).toEqual(told);
      }),
      { numRuns: 500 },
    );
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
    fc.assert(
      fc.property(anyTelling, (told) => {
        const { provider } = origin;
        expect(eventId(provider, reversed(told) as EntityRecord)).toBe(eventId(provider, told));
      }),
    );
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
