import { z } from 'zod';
import { parseKeyRing } from './core/key-ring.ts';

export const environment = {
  ROOMWIRE_VAULT_KEYS: z
    .string()
    .transform((text, context) => {
      const ring = parseKeyRing(text);
      if (!('problem' in ring)) return ring;
      context.addIssue({ code: 'custom', message: ring.problem });
      return z.NEVER;
    })
    .describe(
      'key-encryption keys as `id:base64` of 32 bytes, comma separated; the first is active, the others still open what they sealed',
    ),
  ROOMWIRE_WEBHOOK_SECRET_OVERLAP_HOURS: z.coerce
    .number()
    .min(0)
    .max(720)
    .default(24)
    .describe('hours for which a replaced webhook secret stays good'),
};
