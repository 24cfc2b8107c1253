import { createHmac, timingSafeEqual } from 'node:crypto';
import { tenantId } from '@roomwire/events';
import { z } from 'zod';

export const TICKET_MS = 60_000;

/** What a ticket stands for: a tenant, and which of its API tokens asked (withdrawn with that token). */
export type Grant = { tenant: string; credential: string };

const claims = z.strictObject({ t: tenantId, c: z.string().regex(/^[0-9a-f]{16}$/), e: z.int() });

/** Kept by nobody: every pod with the key can check it. `now` in epoch milliseconds. */
export function issueTicket(grant: Grant, key: string, now: number): { ticket: string; expiresAt: string } {
  const expires = now + TICKET_MS;
  const body = Buffer.from(JSON.stringify({ t: grant.tenant, c: grant.credential, e: expires })).toString('base64url');
  return { ticket: `${body}.${signature(body, key).toString('base64url')}`, expiresAt: new Date(expires).toISOString() };
}

/** Undefined for a ticket that is forged, damaged or over. */
export function readTicket(ticket: string, key: string, now: number): Grant | undefined {
  const [body, signed, ...rest] = ticket.length <= 512 ? ticket.split('.') : [];
  if (!body || !signed || rest.length > 0) return undefined;
  const given = Buffer.from(signed, 'base64url');
  const expected = signature(body, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;

  const parsed = claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  return parsed.success && now < parsed.data.e ? { tenant: parsed.data.t, credential: parsed.data.c } : undefined;
}

function signature(body: string, key: string): Buffer {
  return createHmac('sha256', key).update(`roomwire-ticket\n${body}`).digest();
}
