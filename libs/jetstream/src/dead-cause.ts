import { createHash } from 'node:crypto';

export type DeadCause = {
  reason: string;
  detail?: string | undefined;
  pointer?: string | undefined;
  provider?: string | undefined;
};

/** A place in a list, a date, an id: what differs from letter to letter, although the mistake is one. */
const OF_ONE_LETTER = /^\d+$|\d{3}|^[0-9a-f]{8}-[0-9a-f-]{27}$/i;
const NAMED_ENTITY = /^(\/event\/[^/]+)\/.*$/;

/** The schema path of a cause: `/data/3/arrival` and `/data/4/arrival` are `/data/*\/arrival`. */
export function pathOf(pointer = ''): string {
  const path = pointer.replace(NAMED_ENTITY, '$1/*');
  return path
    .split('/')
    .map((token) => (OF_ONE_LETTER.test(token) ? '*' : token))
    .join('/');
}

/** The class of the error, with the word in front of it where there is one; '' where the detail names none. */
export function errorClassOf(detail = ''): string {
  return /^(?:[a-z][a-z0-9-]*: )?[A-Z][A-Za-z]*(?=:| in )|^[a-z][a-z0-9-]*(?=:|$)/.exec(detail)?.[0] ?? '';
}

/** Letters of one cause share it: reason, class of error, schema path, stage and provider. */
export function fingerprintOf(stage: string, provider: string, { reason, detail, pointer }: DeadCause): string {
  return createHash('sha256')
    .update(JSON.stringify([stage, provider, reason, pathOf(pointer), errorClassOf(detail)]))
    .digest('hex')
    .slice(0, 12);
}
