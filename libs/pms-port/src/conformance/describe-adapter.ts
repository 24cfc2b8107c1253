import { ALWAYS, CLAIMS, type Claim } from '../claims.ts';
import { capabilityCases } from './capability-cases.ts';
import { clockCases } from './clock-cases.ts';
import { decodeCases } from './decode-cases.ts';
import { errorCases } from './error-cases.ts';
import type { AdapterHarness } from './harness.ts';
import { pageCases } from './page-cases.ts';
import { probeCases } from './probe-cases.ts';
import { pushCases } from './push-cases.ts';
import { readCases } from './read-cases.ts';
import { registryCases } from './registry-cases.ts';
import { tokenCases } from './token-cases.ts';
import { usageCases } from './usage-cases.ts';
import { webhookCases } from './webhook-cases.ts';

export type { AdapterHarness, Failure, Fixture, JsonObject, PushCase, RegistryCase } from './harness.ts';
export { CONNECTION, fixturesIn, NOW, pageContext, PUSH, readContext } from './harness.ts';

const CASES: Readonly<Record<Claim | (typeof ALWAYS)[number], (harness: AdapterHarness) => void>> = {
  ...{ capabilities: capabilityCases, decode: decodeCases, clocks: clockCases, errors: errorCases },
  ...{ webhooks: webhookCases, reads: readCases, listings: pageCases, push: pushCases },
  ...{ 'webhook registration': registryCases, usage: usageCases, token: tokenCases, probe: probeCases },
};

/**
 * The proof of an adapter, called once in its spec. What it claims and cannot do is red; what it does not claim is one skip with
 * the capability's name. A provider's spec adds what only this provider has.
 */
export function describeAdapter(name: string, harness: AdapterHarness): void {
  describe(`the PMS port, by ${name}`, () => {
    for (const part of ALWAYS) describe(part, () => CASES[part](harness));
    for (const [claim, isMade] of Object.entries(CLAIMS))
      if (isMade(harness.adapter)) describe(claim, () => CASES[claim as Claim](harness));
      else it.skip(`does not claim: ${claim}`, () => undefined);
  });
}

/** The same for credentials alone: of a provider that has no adapter yet. */
export function describeCredentials(name: string, harness: Pick<AdapterHarness, 'adapter' | 'token'>): void {
  describe(`the PMS port, by ${name}`, () => {
    it('is of the kind that it claims', () => {
      expect(harness.adapter.token!.kind).toBe(harness.adapter.capabilities.token);
    });
    tokenCases(harness);
  });
}
