/** Houses of the account: eight hundred have fifty thousand reservations, and fewer make the lab shorter. */
export const listings = Number(process.env.ROOMWIRE_LISTINGS ?? 800);
