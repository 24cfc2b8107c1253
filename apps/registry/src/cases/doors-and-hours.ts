import { stay, ticket, zone } from './facts.ts';
import type { Chapter } from './case.ts';

const ada = stay('Ada', '07-01', '07-03');
const grace = stay('Grace', '07-03', '07-05');

export const DOORS_AND_HOURS: readonly Chapter[] = [
  {
    title: 'Several doors',
    cases: [
      {
        ...{
          name: 'unit reassigned',
          known: [stay('Ada', '07-01', '07-03', { on: ['2'] })],
          at: '07-02 12:00',
          doors: ['1', '2'],
        },
        ...{ room: '1: vacant · 2: occupied by Ada', means: 'The assigned door counts, not the one that was booked.' },
      },
      {
        ...{
          name: 'assignment taken back',
          known: [stay('Ada', '07-01', '07-03', { on: [] })],
          at: '07-02 12:00',
          doors: ['1', '2'],
        },
        ...{ room: '1: occupied by Ada · 2: vacant', means: 'No door assigned: it counts on the one of its type.' },
      },
      {
        name: 'three-unit booking',
        known: [stay('Ada', '07-01', '07-03', { on: ['1', '2', '3'] })],
        ...{ at: '07-02 12:00', doors: ['1', '2', '3'] },
        room: '1: occupied by Ada · 2: occupied by Ada · 3: occupied by Ada',
        means: 'One booking, three rooms to clean.',
      },
      {
        name: 'three-unit booking, one of them taken',
        known: [stay('Ada', '07-01', '07-03', { on: ['1', '2', '3'] }), stay('Grace', '07-02', '07-04', { type: '2' })],
        ...{ at: '07-02 12:00', doors: ['1', '2', '3'] },
        room: '1: occupied by Ada · 2: occupied by Ada; next Grace · 3: occupied by Ada',
        ...{ conflicts: '2: 2 July: Ada, Grace', means: 'A conflict is a door’s: the other two are well.' },
      },
      {
        name: 'linked door with two PMSs',
        known: [ada, stay('Grace', '07-02', '07-04', { connection: 'c2', type: '77' })],
        ...{ at: '07-01 12:00', room: 'due in: Ada', conflicts: '2 July: Ada, Grace' },
        means: 'Sold twice, once by each PMS. Neither of them can know.',
      },
      {
        name: 'the same guest told by two PMSs',
        known: [ada, stay('Ada', '07-01', '07-03', { connection: 'c2', type: '77', id: 'Ada elsewhere' })],
        ...{ at: '07-02 12:00', room: 'occupied by Ada', conflicts: '1–2 July: Ada, Ada' },
        means: 'Perhaps one booking in two systems: a person decides, and may dismiss it.',
      },
    ],
  },
  {
    title: 'Hours and zones',
    cases: [
      {
        ...{ name: 'dates alone', known: [ada], at: '07-01 14:59', room: 'due in: Ada' },
        means: 'Where a stay has no hours the house’s count.',
      },
      {
        ...{ name: 'instants', known: [stay('Ada', '07-01', '07-03', { from: '16:20', to: '09:40' })], at: '07-01 16:19' },
        ...{ room: 'due in: Ada', means: 'A provider that tells instants is taken at its word, to the minute.' },
      },
      {
        ...{ name: 'early arrival', known: [stay('Ada', '07-01', '07-03', { from: '12:00' })], at: '07-01 11:00' },
        ...{ room: 'due in: Ada; early arrival', means: 'To be ready sooner than usual.' },
      },
      {
        name: 'early arrival before the other has left',
        known: [ada, stay('Grace', '07-03', '07-05', { from: '10:00' })],
        ...{
          at: '07-03 10:30',
          room: 'occupied by Grace',
          means: 'No conflict, which is about nights; but the hour cannot be kept.',
        },
      },
      {
        ...{
          name: 'reported in before the hour',
          known: [stay('Ada', '07-01', '07-03', { status: 'checked-in' })],
          at: '07-01 13:00',
        },
        ...{ room: 'occupied by Ada (reported)', means: 'What is reported counts, whatever the hour.' },
      },
      {
        ...{ name: 'late check-out', known: [stay('Ada', '07-01', '07-03', { to: '14:00' }), grace], at: '07-03 13:00' },
        ...{ room: 'occupied by Ada, late check-out; next Grace', means: 'One hour is left to clean.' },
      },
      {
        ...{ name: 'DST night, spring', known: [stay('Ada', '03-28', '03-29', { to: '02:30' })], at: '03-29 03:29' },
        ...{ room: 'occupied by Ada', means: '02:30 does not exist that night: 03:30 is meant.' },
      },
      {
        ...{
          name: 'DST night, spring, an hour later',
          known: [stay('Ada', '03-28', '03-29', { to: '02:30' })],
          at: '03-29 03:30',
        },
        ...{ room: 'due out: Ada', means: 'The night was an hour shorter.' },
      },
      {
        ...{ name: 'DST night, autumn', known: [stay('Ada', '10-24', '10-25', { to: '02:30' })], at: '10-25 02:30' },
        ...{ room: 'due out: Ada', means: '02:30 comes twice: the first counts.' },
      },
      {
        name: 'adjacent stays over the DST night',
        known: [stay('Ada', '03-28', '03-29'), stay('Grace', '03-29', '03-30')],
        ...{ at: '03-28 18:00', room: 'occupied by Ada; next Grace', means: 'Nights are counted by dates, not by hours.' },
      },
      {
        ...{ name: 'before midnight, 14 hours ahead of UTC', known: [ada], at: '06-30 23:59', house: zone('Pacific/Kiritimati') },
        ...{ room: 'vacant; next Ada', means: 'The house’s own midnight counts.' },
      },
      {
        ...{ name: 'after midnight, 14 hours ahead of UTC', known: [ada], at: '07-01 00:00', house: zone('Pacific/Kiritimati') },
        ...{ room: 'due in: Ada', means: 'In UTC it is still the morning before.' },
      },
      {
        ...{ name: 'after midnight, 11 hours behind UTC', known: [ada], at: '07-01 00:00', house: zone('Pacific/Pago_Pago') },
        ...{ room: 'due in: Ada', means: 'In UTC it is almost noon.' },
      },
      {
        ...{ name: 'no zone told', known: [ada], at: '07-01 15:30', house: null },
        ...{ room: 'due in: Ada', means: 'The tenant’s own zone and hours count: here 16:00 in UTC.' },
      },
      {
        ...{ name: 'zone that is none', known: [ada], at: '07-01 15:30', house: zone('Nowhere/Ever') },
        ...{ room: 'occupied by Ada', means: 'The tenant’s zone counts, the house’s hours stay.' },
      },
    ],
  },
  {
    title: 'Out of order',
    cases: [
      {
        ...{ name: 'while it lasts', known: [ada, ticket('07-01', '07-02')], at: '07-02 23:59' },
        ...{ room: 'occupied by Ada; out of order', means: 'Both are true, and both are shown.' },
      },
      {
        ...{ name: 'the day after', known: [ada, ticket('07-01', '07-02')], at: '07-03 00:00' },
        ...{ room: 'occupied by Ada', means: 'The ticket is open still, the room is not blocked.' },
      },
      {
        ...{ name: 'without dates', known: [ticket(null, null)], at: '07-10 12:00', room: 'vacant; out of order' },
        means: 'Until somebody closes the ticket.',
      },
    ],
  },
];
