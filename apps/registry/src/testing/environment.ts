/** `npm run lab` tells ten thousand histories; `npm test` has seconds for it. */
export const isLab = process.env['ROOMWIRE_LAB'] === '1';
/** The same histories again: of what is told, not of who is faster. */
export const seed = Number(process.env['ROOMWIRE_SEED'] ?? Date.now() % 1_000_000);
export const histories = Number(process.env['ROOMWIRE_HISTORIES'] ?? (isLab ? 10_000 : 200));
