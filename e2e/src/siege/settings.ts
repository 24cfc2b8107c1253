/** `npm run lab` besieges longer and in more ways; `npm test` has two minutes for it. */
export const isLab = process.env.ROOMWIRE_LAB === '1';
/** A folder that keeps the fleet's state and logs, to look into afterwards. */
export const keptIn = process.env.ROOMWIRE_DATA;
/** The same story again: of the order of events, not of their timing. */
export const seed = Number(process.env.ROOMWIRE_SEED ?? 20261121);
