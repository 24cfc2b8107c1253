import type { Account, World } from './world.ts';

/** `access` ends when the knob expireTokens says so; a `grant`, from which others come, only by revocation. */
export type Token = {
  text: string;
  kind: 'access' | 'grant';
  accountId: number;
  validFrom: number;
  expiresAt: number;
  revoked: boolean;
};

export type TokenState = 'valid' | 'unknown' | 'too-early' | 'expired' | 'revoked';

type Terms = { validFrom?: number; expiresAt?: number };

/** Known from now on. Without terms it is valid at once and for ever. */
export function issueToken(world: World, { id }: Account, kind: Token['kind'], text: string, terms: Terms = {}): Token {
  const { validFrom = 0, expiresAt = Infinity } = terms;
  const token = { text, kind, accountId: id, validFrom, expiresAt, revoked: false };
  world.tokens.set(text, token);
  return token;
}

export function stateOf(token: Token | undefined, now: number): TokenState {
  if (!token) return 'unknown';
  if (token.revoked) return 'revoked';
  if (now >= token.expiresAt) return 'expired';
  return now < token.validFrom ? 'too-early' : 'valid';
}

export const ownerOf = (world: World, text: string | undefined): Account | undefined =>
  world.accounts.get(world.tokens.get(text ?? '')?.accountId ?? NaN);
