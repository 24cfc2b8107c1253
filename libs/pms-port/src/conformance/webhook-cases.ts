import { pms } from '../pms.ts';
import type { Admission, WebhookSecret } from '../adapter.ts';
import { bytesOf, decode, NOW, PUSH, type AdapterHarness } from './harness.ts';

/** Far above what the gateway lets through: admit must decide all the same. */
const OVERSIZED_BYTES = 8 * 1024 * 1024;

export function webhookCases(harness: AdapterHarness): void {
  const webhook = harness.webhook!;
  const port = pms(harness.adapter);
  const body = bytesOf(harness.fixtures.find((fixture) => fixture.via === 'push')!.body);
  const inQuery = harness.adapter.capabilities.webhookAuth === 'secret-in-query';
  const admit = (proof: Record<string, string>, bytes: Uint8Array, ...secrets: WebhookSecret[]): Admission =>
    port.admit({ headers: inQuery ? {} : proof, query: inQuery ? proof : {}, body: bytes }, secrets, NOW);

  it('admits what the provider sent, and keeps bytes that say the same', () => {
    const admission = admit(webhook.sign(body, webhook.secret, NOW), body, webhook.secret);

    expect(admission.kind).toBe('genuine');
    expect(decode(harness, (admission as { body: Uint8Array }).body, PUSH)).toEqual(decode(harness, body, PUSH));
  });

  it('calls malformed what is genuine and not JSON', () => {
    for (const text of ['', 'hello', '{"facts":[', '\u0000', '<xml/>'])
      expect(admit(webhook.sign(bytesOf(text), webhook.secret, NOW), bytesOf(text), webhook.secret).kind).toBe('malformed');
  });

  it('decides on an oversized body as on any other', () => {
    const large = bytesOf(`{"padding":"${'x'.repeat(OVERSIZED_BYTES)}"}`);

    expect(admit(webhook.sign(large, webhook.secret, NOW), large, webhook.secret).kind).toBe('genuine');
    expect(admit(webhook.sign(large, webhook.foreign, NOW), large, webhook.secret).kind).toBe('forged');
  });

  if (webhook.wrongAccount !== undefined)
    it('rejects a body that names another account', () => {
      const { tellings, hints, rejects } = decode(harness, webhook.wrongAccount, PUSH);

      expect({ tellings, hints }).toEqual({ tellings: [], hints: [] });
      expect(rejects).toEqual([expect.objectContaining({ reason: 'wrong-account' })]);
    });

  if (harness.adapter.capabilities.webhookAuth === 'none') return it.skip('does not prove its senders', () => undefined);

  it('refuses another tenant’s secret, a changed proof and a missing one', () => {
    const genuine = webhook.sign(body, webhook.secret, NOW);
    const changed = Object.keys(genuine).map((name) => ({ ...genuine, [name]: changedText(genuine[name]!) }));
    const missing = Object.keys(genuine).map((name) =>
      Object.fromEntries(Object.entries(genuine).filter(([other]) => other !== name)),
    );

    for (const proof of [webhook.sign(body, webhook.foreign, NOW), ...changed, ...missing, {}])
      expect(admit(proof, body, webhook.secret)).toEqual({ kind: 'forged', reason: expect.any(String) as string });
  });

  it('refuses everybody where no secret is set', () => {
    expect(admit(webhook.sign(body, webhook.secret, NOW), body).kind).toBe('forged');
    expect(admit({}, body).kind).toBe('forged');
  });

  it('admits either of two secrets while one replaces the other, and no third', () => {
    for (const secret of [webhook.secret, webhook.next])
      for (const secrets of [
        [webhook.secret, webhook.next],
        [webhook.next, webhook.secret],
      ])
        expect(admit(webhook.sign(body, secret, NOW), body, ...secrets).kind).toBe('genuine');
    expect(admit(webhook.sign(body, webhook.foreign, NOW), body, webhook.secret, webhook.next).kind).toBe('forged');
  });

  it('tells no secret in a refusal', () => {
    const refusal = JSON.stringify(admit(webhook.sign(body, webhook.foreign, NOW), body, webhook.secret));

    for (const secret of [webhook.secret, webhook.foreign])
      for (const value of Object.values(secret)) expect(refusal).not.toContain(value);
  });
}

/** Another text of the same length, still within the header's alphabet. */
function changedText(text: string): string {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);
}
