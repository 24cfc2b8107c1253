import type { PropertyCore } from '@roomwire/events';
import { cleaner, ROME, stay, ticket, type Fact } from './facts.ts';

/** One row of docs/rooms.md. */
export type Case = {
  name: string;
  known: readonly Fact[];
  /** `07-01 15:00` by the clock on the house's wall. */
  at: string;
  /** Null: no provider has told anything of it. */
  house?: PropertyCore | null;
  /** Doors that are looked at; `1` alone by default. */
  doors?: readonly string[];
  room: string;
  conflicts?: string;
  /** What it says to staff. */
  means: string;
};
export type Chapter = { title: string; cases: readonly Case[] };

const ada = stay('Ada', '07-01', '07-03');
const grace = stay('Grace', '07-03', '07-05');
const zone = (timeZone: string): PropertyCore => ({ ...ROME, timeZone });

export const CHAPTERS: readonly Chapter[] = [
  {
    title: 'One stay after another',
    cases: [
      {
        ...{ name: 'adjacent stays', known: [ada, grace], at: '07-02 12:00' },
        ...{ room: 'occupied by Ada; next Grace', means: 'Nobody is in the other’s way: a night belongs to its evening.' },
      },
      {
        ...{ name: 'same-day turnover, before check-out', known: [ada, grace], at: '07-03 10:59' },
        ...{ room: 'occupied by Ada; next Grace', means: 'Do not go in yet.' },
      },
      {
        ...{ name: 'same-day turnover, after check-out', known: [ada, grace], at: '07-03 12:00' },
        ...{ room: 'due out: Ada; next Grace', means: 'Should be empty; nobody has said so. Knock.' },
      },
      {
        ...{ name: 'same-day turnover, cleaned', known: [ada, grace, cleaner('clean', '07-03 12:30')], at: '07-03 13:00' },
        ...{ room: 'due in: Grace; clean', means: 'Who cleaned has been inside: Ada has left.' },
      },
      {
        ...{ name: 'cleaned before check-out', known: [ada, grace, cleaner('clean', '07-03 10:30')], at: '07-03 13:00' },
        ...{ room: 'due out: Ada; next Grace; clean', means: 'A report from before the departure says nothing about it.' },
      },
      {
        ...{ name: 'same-day turnover, arrival hour', known: [ada, grace], at: '07-03 15:00' },
        ...{ room: 'occupied by Grace', means: 'Who came last is shown. Nobody reported that Ada left.' },
      },
      {
        name: 'back-to-back of the same guest',
        known: [ada, stay('Ada', '07-03', '07-05', { id: 'Ada again' })],
        ...{ at: '07-03 12:00', room: 'due out: Ada; next Ada' },
        means: 'Two bookings of one name stay two: look at the names before sending a cleaner.',
      },
      {
        ...{ name: 'the day before arrival', known: [ada], at: '06-30 23:59' },
        ...{ room: 'vacant; next Ada', means: 'Free tonight.' },
      },
      {
        ...{ name: 'the day of arrival', known: [ada], at: '07-01 00:00' },
        ...{ room: 'due in: Ada', means: 'To be ready by 15:00.' },
      },
    ],
  },
  {
    title: 'Past the departure',
    cases: [
      {
        ...{ name: 'guest still inside past departure', known: [ada], at: '07-04 09:00' },
        ...{ room: 'due out: Ada', means: 'Never vacant because an hour passed: somebody has to say so.' },
      },
      {
        ...{ name: 'reported inside past departure', known: [stay('Ada', '07-01', '07-03', { status: 'checked-in' })] },
        ...{ at: '07-03 12:00', room: 'due out: Ada (reported)', means: 'The PMS says that Ada is in. Call the desk.' },
      },
      {
        name: 'reported inside although it was cleaned',
        known: [stay('Ada', '07-01', '07-03', { status: 'checked-in' }), cleaner('clean', '07-03 12:30')],
        ...{ at: '07-03 13:00', room: 'due out: Ada (reported); clean', means: 'Only a check-out ends what a check-in began.' },
      },
      {
        ...{ name: 'checked out early', known: [stay('Ada', '07-01', '07-03', { status: 'checked-out' })], at: '07-02 12:00' },
        ...{ room: 'vacant', means: 'Free, and can be cleaned.' },
      },
      {
        name: 'reported inside when the next comes',
        known: [stay('Ada', '07-01', '07-03', { status: 'checked-in' }), grace],
        ...{
          at: '07-03 16:00',
          room: 'occupied by Grace',
          means: 'Who came last is shown; Ada’s check-out is missing in the PMS.',
        },
      },
    ],
  },
  {
    title: 'Bookings that keep nobody out',
    cases: [
      {
        ...{ name: 'cancellation', known: [stay('Ada', '07-01', '07-03', { status: 'cancelled' })], at: '07-02 12:00' },
        ...{ room: 'vacant', means: 'Free.' },
      },
      {
        name: 'cancellation of one of two',
        known: [stay('Ada', '07-01', '07-04'), stay('Grace', '07-02', '07-05', { status: 'cancelled' })],
        ...{ at: '07-02 12:00', room: 'occupied by Ada', means: 'The conflict is over.' },
      },
      {
        ...{ name: 'no-show', known: [stay('Ada', '07-01', '07-03', { status: 'no-show' })], at: '07-02 12:00' },
        ...{ room: 'vacant', means: 'Free.' },
      },
      {
        ...{ name: 'inquiry', known: [ada, stay('Grace', '07-01', '07-03', { status: 'inquiry' })], at: '07-02 12:00' },
        ...{ room: 'occupied by Ada', means: 'Who only asks takes no night.' },
      },
      {
        ...{ name: 'gone at the provider', known: [stay('Ada', '07-01', '07-03', { gone: true })], at: '07-02 12:00' },
        ...{ room: 'vacant', means: 'A read by its id found none, twice. A list that lacks it says nothing.' },
      },
      {
        ...{ name: 'no nights', known: [stay('Ada', '07-02', '07-02'), grace], at: '07-02 15:30' },
        ...{ room: 'vacant; next Grace', means: 'A day without a night takes no room: staff see it in the PMS alone.' },
      },
      {
        ...{ name: 'departure before arrival', known: [stay('Ada', '07-03', '07-01')], at: '07-02 12:00' },
        ...{ room: 'vacant', means: 'Dates that cannot be are believed of nobody.' },
      },
      {
        ...{ name: 'house unknown', known: [stay('Ada', '07-01', '07-03', { on: ['1'], houseless: true })], at: '07-02 12:00' },
        ...{ room: 'vacant', means: 'Until a read tells its dates it stands nowhere.' },
      },
    ],
  },
  {
    title: 'Two who cannot both have it',
    cases: [
      {
        ...{ name: 'double booking', known: [stay('Ada', '07-01', '07-04'), stay('Grace', '07-03', '07-05')], at: '07-02 12:00' },
        ...{
          room: 'occupied by Ada; next Grace',
          conflicts: '3 July: Ada, Grace',
          means: 'One of them needs another room that night.',
        },
      },
      {
        ...{ name: 'tentative', known: [ada, stay('Grace', '07-02', '07-04', { status: 'tentative' })], at: '07-01 12:00' },
        ...{ room: 'due in: Ada', conflicts: '2 July: Ada, Grace', means: 'An option keeps others out as a booking does.' },
      },
      {
        ...{ name: 'owner stay', known: [ada, stay('Owner', '07-02', '07-06', { status: 'owner' })], at: '07-01 12:00' },
        ...{ room: 'due in: Ada', conflicts: '2 July: Ada, Owner', means: 'The owner is a guest like others.' },
      },
      {
        name: 'a long stay over two short ones',
        known: [stay('Ada', '07-01', '07-09'), stay('Grace', '07-02', '07-03'), stay('Joan', '07-05', '07-06')],
        ...{ at: '07-01 18:00', room: 'occupied by Ada; next Grace', conflicts: '2–5 July: Ada, Grace, Joan' },
        means: 'One conflict: whoever moves Ada has solved it all.',
      },
      {
        name: 'two conflicts of one door',
        known: [ada, stay('Grace', '07-02', '07-04'), stay('Joan', '07-04', '07-06'), stay('Mary', '07-05', '07-07')],
        ...{ at: '07-01 12:00', room: 'due in: Ada', conflicts: '2 July: Ada, Grace · 5 July: Joan, Mary' },
        means: 'Nothing connects them: each is settled by itself.',
      },
      {
        ...{
          name: 'conflict of the past',
          known: [stay('Ada', '07-01', '07-04'), stay('Grace', '07-02', '07-05')],
          at: '07-04 00:00',
        },
        ...{ room: 'occupied by Grace', means: 'Its last night is over: nobody has to look any more.' },
      },
      {
        name: 'checked out of a double booking',
        known: [stay('Ada', '07-01', '07-04', { status: 'checked-out' }), stay('Grace', '07-02', '07-05')],
        ...{ at: '07-02 18:00', room: 'occupied by Grace', means: 'Who has left is in nobody’s way.' },
      },
    ],
  },
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
