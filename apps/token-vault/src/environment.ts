import { readFileSync } from 'node:fs';
import { EGRESS_ID } from '@roomwire/chassis';
import { z } from 'zod';
import { parseKeyRing, type KeyRing } from './core/key-ring.ts';
import { fault, STEPS } from './faults.ts';

function ringOf(text: string, context: z.RefinementCtx): KeyRing {
  const ring = parseKeyRing(text.trim());
  if (!('problem' in ring)) return ring;
  context.addIssue({ code: 'custom', message: ring.problem });
  return z.NEVER;
}

function fileOf(path: string, context: z.RefinementCtx): { path: string; text: string; ring: KeyRing } {
  try {
    const text = readFileSync(path, 'utf8');
    return { path, text, ring: ringOf(text, context) };
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    });
    return z.NEVER;
  }
}

export const environment = {
  REDIS_URL: z
    .url()
    .describe(
      'Redis that holds the permits of calls to providers: a token is asked for under one; maxmemory-policy must be noeviction',
    ),
  EGRESS_ID,
  ROOMWIRE_VAULT_KEYS: z
    .string()
    .transform(ringOf)
    .optional()
    .describe(
      'key-encryption keys as `id:base64` of 32 bytes, comma separated; the first is active, the others still open what they wrapped. This or the file',
    ),
  ROOMWIRE_VAULT_KEYS_FILE: z
    .string()
    .transform(fileOf)
    .optional()
    .describe('a file with the same; read again when it changes, without a restart. It wins'),
  ROOMWIRE_VAULT_KEY_GRACE_SECONDS: z.coerce
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('seconds for which a replaced data key stays at least: longer than any write takes that began under it'),
  ROOMWIRE_VAULT_REQUESTS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .default(2_000)
    .describe('requests that one caller may make of one replica in a second, and at once; more are answered `unavailable`'),
  ROOMWIRE_WEBHOOK_SECRET_OVERLAP_HOURS: z.coerce
    .number()
    .min(0)
    .max(720)
    .default(24)
    .describe('hours for which a replaced webhook secret stays good'),
  ROOMWIRE_OAUTH_CALLBACK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('the gateway’s `/oauth/callback` as providers know it; where it is unset nobody can agree to one in a browser'),
  ROOMWIRE_FAULT_PAUSE_RENEWAL_AT: fault
    .optional()
    .describe(`test knob: \`<step>:<ms>\` holds up each renewal of a token there; steps: ${STEPS.join(', ')}`),
};
