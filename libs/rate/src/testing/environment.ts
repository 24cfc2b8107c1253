/** `npm run lab:rate` has the providers' own windows, and two minutes for each; `npm test` tells the same story in seconds. */
export const isLab = process.env['ROOMWIRE_LAB'] === '1';
