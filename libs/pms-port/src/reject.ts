import { ENTITY_ID_BYTES_MAX, utf8Bytes } from '@roomwire/events';
import { z } from 'zod';

/** Why a part of a message is a dead letter. docs/errors.md lists them and a spec compares both ways. */
export const REJECT_REASONS = {
  'not-json': 'the bytes are not JSON in UTF-8',
  schema: 'JSON, but not of a shape that the provider is known to send',
  'wrong-account': 'the body names another account than the connection’s',
  'id-too-long': `an id of more than ${ENTITY_ID_BYTES_MAX} bytes of UTF-8`,
  'unreadable-answer': 'the answer to a read is not what was asked for',
  'no-zone':
    'a time by another clock than the house’s, and the connection does not say the house’s zone, or another than the provider',
  'no-clock': 'a fact without a time of its own, of a kind that nothing can read',
  'future-stamp': 'a push stamped more than 5 minutes after its receipt, of a kind that nothing can read',
  'adapter-threw': 'our adapter failed on these bytes',
} as const satisfies Record<string, string>;
export type RejectReason = keyof typeof REJECT_REASONS;

/** A part that cannot be understood. `pointer` is a JSON pointer into the body, '' for all of it. `detail` quotes no content. */
export type Reject = { reason: RejectReason; pointer: string; detail: string };

/** JSON pointer (RFC 6901). */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** An id on the wire, where providers write numbers and text for the same thing; ours is the text. */
export const wireId = z
  .union([z.string(), z.int()], { error: 'expected an id' })
  .transform(String)
  .refine((id) => id !== '' && id.isWellFormed(), 'expected an id')
  .refine((id) => utf8Bytes(id) <= ENTITY_ID_BYTES_MAX, `expected at most ${ENTITY_ID_BYTES_MAX} bytes of UTF-8`);

/** What people wrote. Providers cut it between the halves of an emoji; half of one has no canonical form and becomes U+FFFD. */
export const wireText = z.string().overwrite((text) => text.toWellFormed());

/** Problems named in one detail; the rest is counted. */
const PROBLEMS_MAX = 5;

/** One reject for one part, `value`, found at `base` of the body. It points at the first problem and names them all. */
export function rejectOf(error: z.ZodError, value: unknown, base: readonly PropertyKey[] = []): Reject {
  const [first, ...rest] = error.issues;
  const path = first?.path ?? [];
  const more = rest.slice(0, PROBLEMS_MAX - 1).map((issue) => `${jsonPointer([...base, ...issue.path])} ${issue.message}`);
  const omitted = rest.length - more.length;
  return {
    reason: isTooLongId(first, valueAt(value, path)) ? 'id-too-long' : 'schema',
    pointer: jsonPointer([...base, ...path]),
    detail: [first?.message ?? 'invalid', ...more, ...(omitted > 0 ? [`and ${omitted} more`] : [])].join('; ').slice(0, 500),
  };
}

function isTooLongId(issue: z.core.$ZodIssue | undefined, value: unknown): boolean {
  return issue?.code === 'custom' && typeof value === 'string' && utf8Bytes(value) > ENTITY_ID_BYTES_MAX;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}
