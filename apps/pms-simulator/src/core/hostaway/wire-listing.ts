import { placeIn } from '../places.ts';
import type { Account, Listing, Unit } from '../world.ts';

type Wire = Record<string, unknown>;

/** What the object has and the story never sets (names of D:includes/_listing_listingObject.md). */
const NEVER_SET: Wire = {
  ...{ propertyTypeId: 1, houseRules: null, keyPickup: null, specialInstruction: null, doorSecurityCode: null, starRating: null },
  ...{ averageReviewRating: null, weeklyDiscount: null, monthlyDiscount: null, propertyRentTax: null, guestStayTax: null },
  ...{ guestPerPersonPerNightTax: null, guestNightlyTax: null, guestBathroomsNumber: null, refundableDamageDeposit: null },
  ...{ personCapacity: 4, maxChildrenAllowed: null, maxInfantsAllowed: null, maxPetsAllowed: null, checkInTimeEnd: 22 },
  ...{
    cancellationPolicy: 'moderate',
    cancellationPolicyId: null,
    squareMeters: null,
    specialStatus: null,
    roomType: 'entire_home',
  },
  ...{
    bathroomType: 'private',
    bedroomsNumber: 1,
    bedsNumber: 2,
    bedType: 'real_bed',
    bathroomsNumber: 1,
    minNights: 1,
    maxNights: 365,
  },
  ...{ guestsIncluded: 2, priceForExtraPerson: null, instantBookable: 1, instantBookableLeadTime: null, allowSameDayBooking: 1 },
  ...{
    sameDayBookingLeadTime: null,
    contactName: 'Host',
    contactSurName: 'Example',
    contactPhone1: '+10000000000',
    contactPhone2: null,
  },
  ...{ contactLanguage: 'en', contactEmail: 'someone@example.invalid', contactAddress: null, language: 'en', wifiUsername: null },
  // The values of cleannessStatus are NOT FOUND: never set, rather than invented.
  ...{ wifiPassword: null, cleannessStatus: null, cleaningInstruction: null, cleannessStatusUpdatedOn: null },
  ...{
    propertyLicenseNumber: null,
    propertyLicenseType: null,
    propertyLicenseIssueDate: null,
    propertyLicenseExpirationDate: null,
  },
  ...{ isRentalAgreementActive: false, listingAgreementText: null, airbnbListingUrl: null, vrboListingUrl: null },
};
const RESOURCES = ['listingAmenities', 'listingBedTypes', 'listingImages', 'customFieldValues'];

export function wireListing({ config }: Account, listing: Listing): Wire {
  const { city, country, countryCode, currency } = placeIn(config.timeZone);
  const address = `${listing.street}, ${city}`;
  return {
    ...NEVER_SET,
    ...{ id: listing.id, name: listing.name, externalListingName: listing.name, internalListingName: listing.name },
    ...{ description: `${listing.name} in ${city}.`, country, countryCode, state: null, city, street: listing.street },
    ...{
      address,
      publicAddress: address,
      zipcode: '00000',
      lat: 0,
      lng: 0,
      price: listing.price,
      cleaningFee: listing.cleaningFee,
    },
    ...{ checkInTimeStart: listing.checkInTimeStart, checkOutTime: listing.checkOutTime },
    ...{ currencyCode: currency, timeZoneName: config.timeZone },
    ...Object.fromEntries(RESOURCES.map((name) => [name, []])),
  };
}

/** D:includes/_listingUnit_listingUnitObject.md; the sample's numbers are strings. */
export const wireUnit = ({ id, name, floor, number }: Unit): Wire => ({
  ...{ id, name, ground: floor, unitNumber: number, listingMapIdUnit: String(id) },
});
