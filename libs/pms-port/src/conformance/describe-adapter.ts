import { capabilityCases } from './capability-cases.ts';
import { clockCases } from './clock-cases.ts';
import { decodeCases } from './decode-cases.ts';
import { errorCases } from './error-cases.ts';
import type { AdapterHarness } from './harness.ts';
import { pageCases } from './page-cases.ts';
import { pushCases } from './push-cases.ts';
import { readCases } from './read-cases.ts';
import { registryCases } from './registry-cases.ts';
import { tokenCases } from './token-cases.ts';
import { usageCases } from './usage-cases.ts';
import { webhookCases } from './webhook-cases.ts';

export type { AdapterHarness, Failure, Fixture, JsonObject, PushCase, RegistryCase } from './harness.ts';
export { CONNECTION, fixturesIn, NOW, pageContext, PUSH, readContext } from './harness.ts';

/**
 * The proof of an adapter, called once in its spec. What it claims and cannot do is red; what it does not claim is one skip with
 * the capability's name. A provider's spec adds what only this provider has.
 */
export function describeAdapter(name: string, harness: AdapterHarness): void {
  const { webhooks, reads, token } = harness.adapter.capabilities;

  describe(`the PMS port, by ${name}`, () => {
    describe('capabilities', () => capabilityCases(harness));
    describe('decode', () => decodeCases(harness));
    describe('clocks', () => clockCases(harness));
    describe('errors', () => errorCases(harness));
    claimed('webhooks', webhooks, () => webhookCases(harness));
    claimed('reads', reads.length > 0, () => readCases(harness));
    claimed('listings', harness.adapter.listings !== undefined, () => pageCases(harness));
    claimed('push', harness.adapter.push !== undefined, () => pushCases(harness));
    claimed('webhook registration', harness.adapter.webhooks !== undefined, () => registryCases(harness));
    claimed('usage', harness.adapter.readUsage !== undefined, () => usageCases(harness));
    claimed('token', token !== 'none', () => tokenCases(harness));
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

function claimed(capability: string, claim: boolean, cases: () => void): void {
  if (claim) describe(capability, cases);
  else it.skip(`does not claim: ${capability}`, () => undefined);
}
