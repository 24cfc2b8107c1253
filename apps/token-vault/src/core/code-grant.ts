import { sameSecret } from '@roomwire/pms-port';
import { z } from 'zod';

/** The code that a person brings back lives so long (Cloudbeds; RFC 6749 asks for it), ms. */
export const CODE_GRANT_MS = 600_000;

/** What is sealed while a person is away at the provider. Of the state only its hash: who reads this cannot come back in their place. */
export const codeGrant = z.strictObject({
  stateHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Epoch ms by the vault's clock. */
  until: z.int(),
  /** The application's own, which the code is exchanged with. */
  credentials: z.record(z.string(), z.string()),
});
export type CodeGrant = z.infer<typeof codeGrant>;

/** Undefined: it is true. An expired one is told from an unknown one only to who knows it. */
export function stateProblem(
  pending: CodeGrant | undefined,
  stateHash: string,
  now: number,
): 'unknown-state' | 'expired-state' | undefined {
  if (!pending || !sameSecret(pending.stateHash, stateHash)) return 'unknown-state';
  return now < pending.until ? undefined : 'expired-state';
}
