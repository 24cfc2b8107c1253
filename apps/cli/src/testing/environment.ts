/** `npm run lab:dlq` has the numbers of the issue; `npm test` tells the same story in seconds. */
export const isLab = process.env['ROOMWIRE_LAB'] === '1';
