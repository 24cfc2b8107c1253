import type { Chapter } from './case.ts';
import { cleaner, stay } from './facts.ts';

const ada = stay('Ada', '07-01', '07-03');
const grace = stay('Grace', '07-03', '07-05');

export const STAYS: readonly Chapter[] = [
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
];
