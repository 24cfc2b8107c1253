import type { Mutation } from './patch.ts';

const MERGE = 'libs/events/src/merge.ts';
const VERSION = 'libs/events/src/version.ts';
const STAMP = 'libs/pms-port/src/stamp.ts';
const TELLER = 'apps/registry/src/teller.ts';
const DECIDE = 'apps/registry/src/core/decide.ts';
const ROOM = 'apps/registry/src/core/room.ts';
const STAY = 'apps/registry/src/core/stay.ts';
const OVERLAP = 'apps/registry/src/core/overlap.ts';
const DERIVER = 'apps/registry/src/room-deriver.ts';

const PAYS = 'const paid = this.pay(tenant, name, owing);';
const paysUnless = (outcome: string): string =>
  `const none = written.told.every((each) => each.outcome === '${outcome}');
   const paid = this.pay(tenant, name, { ...owing, stored: none ? undefined : owing.stored });`;

/** The rule of ARCHITECTURE.md §4, broken in one way each. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: '>= for >',
    breaks: 'of two tellings under one stamp the later told wins',
    edits: [
      {
        ...{ file: MERGE, from: 'const winner = order >= 0 ? a : b;' },
        to: 'const winner = b.version.epoch >= a.version.epoch && b.version.modifiedAt >= a.version.modifiedAt ? b : a;',
      },
    ],
  },
  {
    name: 'absent as null',
    breaks: 'a facet that a telling does not carry is erased',
    edits: [{ file: MERGE, from: '= { ...a.facets };', to: '= {};' }],
  },
  {
    name: 'rank ignored',
    breaks: 'a push counts as much as a read: a read of one stamp is not above it (its instant says the same as its rank)',
    edits: [
      { file: VERSION, from: '    a.rank - b.rank ||\n', to: '' },
      { file: VERSION, from: '    a.observedAt - b.observedAt ||\n', to: '' },
    ],
  },
  {
    name: 'same content, higher version not advancing',
    breaks: 'A, B, A told out of order ends in B',
    edits: [
      {
        ...{ file: MERGE, from: 'facets[name] = held ? joinFacet(held, told) : told;' },
        to: 'facets[name] = !held ? told : held.version.contentHash === told.version.contentHash ? held : joinFacet(held, told);',
      },
    ],
  },
  {
    name: 'tombstone forgotten',
    breaks: 'what comes after it brings what is gone back',
    edits: [
      {
        ...{ file: MERGE, from: '  return { kind: a.kind, connection: a.connection, entity: a.entity, facets };' },
        to: "  if (!Object.hasOwn(b.facets, 'existence')) delete facets['existence'];\n  return { kind: a.kind, connection: a.connection, entity: a.entity, facets };",
      },
    ],
  },
  {
    name: 'a page that says gone',
    breaks: 'a page tells of existence, which only a by-id read knows',
    edits: [
      { file: STAMP, from: "if (context.via === 'read' && context.read.ids)", to: "if (context.via === 'read')" },
      { file: STAMP, from: "facet({ state: 'present' }", to: "facet({ state: context.read.ids ? 'present' : 'gone' }" },
    ],
  },
  {
    name: 'room without revision',
    breaks: 'a room is announced whatever readers have heard meanwhile',
    edits: [
      {
        ...{ file: DERIVER, from: 'roomChangeOf(room, Math.max(1, facts.revision), pipeline, cause, isGone)' },
        to: 'roomChangeOf(room, 1, pipeline, cause, isGone)',
      },
      {
        ...{ file: DERIVER, from: 'const options = { id: change.id, expectLast: facts.stateSeq, headers };' },
        to: 'const options = { id: `${change.id}:${facts.revision}:${hash}`, headers };',
      },
    ],
  },
  {
    name: 'debt dropped on stale',
    breaks: 'what a telling finds owing is paid only where the telling itself changed the content',
    edits: [{ file: TELLER, from: PAYS, to: paysUnless('stale') }],
  },
  {
    name: 'debt dropped on duplicate',
    breaks: 'a redelivery after a crash pays nothing',
    edits: [{ file: TELLER, from: PAYS, to: paysUnless('duplicate') }],
  },
  {
    name: 'equal is stale',
    breaks: 'a duplicate is called older than itself',
    edits: [{ file: MERGE, from: "if (order < 0) return 'stale';", to: "if (order <= 0) return 'stale';" }],
  },
  {
    name: 'epoch ignored',
    breaks: 'a reset of a connection shuts nothing out',
    edits: [{ file: VERSION, from: '    a.epoch - b.epoch ||\n', to: '' }],
  },
  {
    name: "a read's instant ignored",
    breaks: 'of two reads of one stamp the older may win',
    edits: [{ file: VERSION, from: '    a.observedAt - b.observedAt ||\n', to: '' }],
  },
  {
    name: 'mapping ignored',
    breaks: 'bytes that were understood anew may lose to what they were taken for',
    edits: [{ file: VERSION, from: '    a.mapping - b.mapping ||\n', to: '' }],
  },
  {
    name: 'tie forgotten',
    breaks: 'a record that is told in two ways looks certain',
    edits: [{ file: MERGE, from: '    ...tieOf(a, b, winner),\n', to: '' }],
  },
  {
    name: 'settled read forgotten',
    breaks: 'a tie that a read has ended stays one',
    edits: [{ file: MERGE, from: '...(settled ? { settled: true as const } : {}),', to: '' }],
  },
  {
    name: 'raised stamp not told',
    breaks: 'a confirmation that raises the provider’s stamp is kept from readers',
    edits: [{ file: MERGE, from: '    !sameStamp(before.version, after.version) ||\n', to: '' }],
  },
  {
    name: 'the door that is left',
    breaks: 'a stay that moves leaves its picture on the door that it came from',
    edits: [{ file: DECIDE, from: 'isNews ? union(held?.place.units, place.units) : []', to: 'isNews ? [...place.units] : []' }],
  },
  {
    name: 'what is gone shown',
    breaks: 'a reservation that is gone occupies its room',
    edits: [{ file: STAY, from: '!core || isGone(record) ||', to: '!core ||' }],
  },
  {
    name: 'vacant by the clock',
    breaks: 'a guest leaves because an hour has passed',
    edits: [
      {
        ...{ file: ROOM, from: 'return asOf < stay.departsMs || housekeepingToldMs < stay.departsMs;' },
        to: 'return asOf < stay.departsMs;',
      },
    ],
  },
  {
    name: 'the day of departure is a night',
    breaks: 'who comes on the day on which another leaves is in his way',
    edits: [{ file: OVERLAP, from: 'if (stay.arrival >= until) {', to: 'if (stay.arrival > until) {' }],
  },
  {
    name: 'neighbours only',
    breaks: 'who overlaps with one who stays longer than the last is not seen',
    edits: [{ file: OVERLAP, from: '    until = later(until, stay.departure);', to: '    until = stay.departure;' }],
  },
  {
    name: 'no timer for a day',
    breaks: 'a room does not become due in at midnight by itself',
    edits: [{ file: ROOM, from: '[stay.arrivalDayMs, stay.arrivesMs, stay.departsMs]', to: '[stay.arrivesMs, stay.departsMs]' }],
  },
  {
    name: 'house only where the door was known',
    breaks: 'what is told of a house before its doors is not behind their pictures',
    edits: [{ file: DERIVER, from: 'isGone ? [] : withHouse(facts)', to: 'isGone ? [] : facts.records' }],
  },
];
