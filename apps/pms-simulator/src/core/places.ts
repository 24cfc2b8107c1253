/** What a zone's listings look like. A zone without a place of its own looks like the last one. */
export type Place = { city: string; countryCode: string; country: string; currency: string; streets: readonly string[] };

const PLACES: Readonly<Record<string, Place>> = {
  'Europe/Berlin': {
    ...{ city: 'Warnemünde', countryCode: 'DE', country: 'Germany', currency: 'EUR' },
    streets: ['Am Strom', 'Seestraße', 'Mühlenstraße', 'Lindenweg', 'Parkallee'],
  },
  'America/New_York': {
    ...{ city: 'New York', countryCode: 'US', country: 'United States', currency: 'USD' },
    streets: ['W 48th St', 'Lexington Ave', 'E 33rd St', '9th Ave', 'Madison Ave'],
  },
  'Europe/London': {
    ...{ city: 'Brighton', countryCode: 'GB', country: 'United Kingdom', currency: 'GBP' },
    streets: ['Marine Parade', 'Duke Street', 'North Road', 'Upper Gardner Street'],
  },
};
const ELSEWHERE: Place = {
  ...PLACES['Europe/London']!,
  city: 'Example Bay',
  currency: 'USD',
  streets: ['1st Street', '2nd Street'],
};

export const placeIn = (timeZone: string): Place => PLACES[timeZone] ?? ELSEWHERE;

const FIRST = [
  'Harbour',
  'Garden',
  'Lighthouse',
  'Skyline',
  'Courtyard',
  'Dune',
  'Corner',
  'Rooftop',
  'Library',
  'Orchard',
  'Mill',
  'Station',
];
const SECOND = ['Loft', 'Studio', 'Suite', 'Apartment', 'Rooms'];

/** Harbour Loft, Garden Studio, …: sixty pairs before a number is needed. */
export function listingName(index: number): string {
  const round = Math.floor(index / (FIRST.length * SECOND.length));
  const name = `${FIRST[index % FIRST.length]} ${SECOND[(index + Math.floor(index / FIRST.length)) % SECOND.length]}`;
  return round === 0 ? name : `${name} ${round + 1}`;
}
