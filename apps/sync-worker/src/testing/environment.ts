/** `npm run lab`: for longer, and with figures. */
export const isLab = process.env['ROOMWIRE_LAB'] === '1';
