import { isLab } from '../siege/settings.ts';
import { PROVIDERS, type ProviderName } from './accounts.ts';

/** `ROOMWIRE_PROVIDERS=mews,hostaway npm run lab:providers`: these alone, for whoever looks into one of them. */
export const chosen: readonly ProviderName[] = PROVIDERS.filter((each) =>
  (process.env['ROOMWIRE_PROVIDERS'] ?? each).split(',').includes(each),
);
/** At each of them. */
export const changes = Number(process.env['ROOMWIRE_CHANGES'] ?? (isLab ? 10_000 : 50));
