/** ISO 4217 currencies whose minor unit is not the hundredth; a table of ours, since a fact may not change with a runtime's locale data. */
const DIGITS: Readonly<Record<string, number>> = {
  ...digits(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...digits(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...digits(4, 'CLF UYW'),
};

function digits(count: number, currencies: string): Record<string, number> {
  return Object.fromEntries(currencies.split(' ').map((currency) => [currency, count]));
}

/**
 * An amount as providers write it (267, 696.67) in minor units, without passing through binary fractions; what is smaller than
 * the minor unit is rounded half away from zero. Undefined where it is not a plain decimal or does not fit a safe integer.
 */
export function minorUnits(amount: number | string, currency: string): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount));
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const places = Object.hasOwn(DIGITS, currency) ? DIGITS[currency]! : 2;
  const units = Number(whole + fraction.slice(0, places).padEnd(places, '0')) + (Number(fraction[places] ?? 0) >= 5 ? 1 : 0);
  if (!Number.isSafeInteger(units)) return undefined;
  return sign && units ? -units : units;
}

/** An amount with the currency that it is in; undefined where either is missing, or is none. */
export function moneyIn(
  amount: number | string | null | undefined,
  currency: string | null | undefined,
): { amountMinor: number; currency: string } | undefined {
  if (amount === null || amount === undefined || !currency || !/^[A-Z]{3}$/.test(currency)) return undefined;
  const amountMinor = minorUnits(amount, currency);
  return amountMinor === undefined ? undefined : { amountMinor, currency };
}

/** The inverse of {@link minorUnits}: what providers want to read, 69667 → 696.67. One division of two integers: the nearest number to the decimal there is. */
export function majorUnits(amountMinor: number, currency: string): number {
  return amountMinor / 10 ** (Object.hasOwn(DIGITS, currency) ? DIGITS[currency]! : 2);
}
