import type { Chance } from './random.ts';
import type { Guest } from './reservation.ts';

const FIRST_NAMES = [
  ...['Ada', 'Mateo', 'Ingrid', 'Yusuf', 'Chloé', 'Hiro', 'Priya', 'Lars', 'Amara', 'Tomasz', 'Lucía', 'Owen'],
  ...['Mei', 'Noah', 'Fatima', 'Elias', 'Sofia', 'Kwame', 'Freya', 'Diego', 'Anouk', 'Ravi', 'Hannah', 'Milan'],
];
const LAST_NAMES = [
  ...['Becker', 'Okafor', 'Lindqvist', 'Tanaka', 'Moreau', 'Kaya', 'Novak', 'Silva', 'Iyer', 'Brennan', 'Rossi', 'Haddad'],
  ...['Jensen', 'Kowalski', 'Castillo', 'Mensah', 'Dubois', 'Fischer', 'Park', 'Visser', 'Murphy', 'Sato', 'Weiss', 'Horvat'],
];
const HOMES = [
  ...[
    ['Germany', 'Leipzig'],
    ['France', 'Lyon'],
    ['United States', 'Denver'],
    ['Japan', 'Osaka'],
    ['Ghana', 'Accra'],
  ],
  ...[
    ['Spain', 'Valencia'],
    ['Poland', 'Kraków'],
    ['Netherlands', 'Utrecht'],
    ['India', 'Pune'],
    ['Ireland', 'Galway'],
  ],
] as [string, string][];

export function someGuest(chance: Chance, name?: string): Guest {
  const [first, ...rest] = (name ?? `${chance.pick(FIRST_NAMES)} ${chance.pick(LAST_NAMES)}`).split(' ');
  const [country, city] = chance.pick(HOMES);
  return {
    firstName: first ?? '',
    lastName: rest.join(' '),
    country,
    city,
    adults: chance.int(1, 3),
    children: chance.int(0, 1),
  };
}

export const staffName = (chance: Chance): string => `${chance.pick(FIRST_NAMES)} (housekeeping)`;

export const FROM_GUESTS = [
  'Hi! What time can we check in on the day we arrive?',
  'We land late, around 23:00. Is self check-in possible?',
  'Could we get an extra set of towels, please?',
  'Is there a place to leave our luggage after check-out?',
  'The heating in the bedroom does not seem to work.',
  'Thank you, everything was perfect!',
  'Can we stay one more night?',
  'What is the Wi-Fi password?',
];

export const FROM_HOSTS = [
  'Of course, no problem.',
  'We have sent somebody to look after it.',
  'You will find the details in the guide.',
];

export const REPAIRS = [
  'Dripping tap in the bathroom',
  'Boiler shows error E4',
  'Window does not lock',
  'No hot water',
  'Broken bed slat',
];
export const CHORES = [
  'Replace the smoke alarm battery',
  'Deliver baby cot',
  'Check the minibar',
  'Water the plants',
  'Read the meters',
];
