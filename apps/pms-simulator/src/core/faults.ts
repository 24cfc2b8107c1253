import { z } from 'zod';

/** How often: true = always, 0.1 = one in ten. */
const share = z.union([z.boolean().transform(Number), z.number().min(0).max(1)]);
const milliseconds = z.number().int().min(0).max(3_600_000);
const count = z.number().int().min(0);

/** What an operator may turn. All are per account; the README's table says what each stands for. */
export const faultKnobs = z
  .strictObject({
    duplicates: share,
    disorderMs: milliseconds,
    delayMs: milliseconds,
    omitUpdatedOn: share,
    shortenedBodies: share,
    doublyEncoded: share,
    payloadNested: share,
    disableWebhooks: z.boolean(),
    disableInternalWebhooks: z.boolean(),
    respond429: count,
    respond500: count,
    respondFailed: count,
    slowMs: milliseconds,
    laggingReadsMs: milliseconds,
    hang: count,
    cut: count,
    slowBodyMs: milliseconds,
    skewMs: z.number().int().min(-3_600_000).max(3_600_000),
    pageDrift: z.number().int().min(-100).max(100),
    refuseCredentials: z.boolean(),
    tokenLifetimeSeconds: z.number().int().min(1).nullable(),
    ties: z.boolean(),
  })
  .partial();

type Knobs = z.output<typeof faultKnobs>;
/** `tokenLifetimeSeconds`: null = as the provider has it. */
export type Faults = { [Knob in keyof Knobs]-?: Exclude<Knobs[Knob], undefined> };

/** Done at once and not kept. */
export const faultDeeds = z
  .strictObject({
    expireTokens: z.boolean(),
    revokeTokens: z.boolean(),
    dropRegistrations: z.boolean(),
    /** Not further back than the world remembers: two hours. */
    restoreTo: z.iso.datetime(),
  })
  .partial();

export const faultRequest = z.strictObject({ accountId: z.number().int().optional(), ...faultKnobs.shape, ...faultDeeds.shape });

export const NO_FAULTS: Faults = {
  duplicates: 0,
  disorderMs: 0,
  delayMs: 0,
  omitUpdatedOn: 0,
  shortenedBodies: 0,
  doublyEncoded: 0,
  payloadNested: 0,
  disableWebhooks: false,
  disableInternalWebhooks: false,
  respond429: 0,
  respond500: 0,
  respondFailed: 0,
  slowMs: 0,
  laggingReadsMs: 0,
  hang: 0,
  cut: 0,
  slowBodyMs: 0,
  skewMs: 0,
  pageDrift: 0,
  refuseCredentials: false,
  tokenLifetimeSeconds: null,
  ties: false,
};
