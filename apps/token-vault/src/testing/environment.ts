/** `npm run lab` has the patience of production, and stops a replica for a minute; `npm test` tells the same story in seconds. */
export const isLab = process.env['ROOMWIRE_LAB'] === '1';
