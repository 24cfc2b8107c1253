import { REPAIR_OUTCOMES, type RepairOutcome } from '@roomwire/vault-client';
import { callbackOf, pageOf } from './callback-page.ts';

const told = callbackOf({ state: 's', error: '<script>alert("1")</script>', error_description: 'it’s “no” & no' });

describe('the page of a callback', () => {
  it('is done for a token alone, and says why for everything else', () => {
    for (const outcome of Object.keys(REPAIR_OUTCOMES) as RepairOutcome[]) {
      const { status, html } = pageOf(outcome, told);
      expect([outcome, status === 200]).toEqual([outcome, outcome === 'granted']);
      expect(html).toContain(REPAIR_OUTCOMES[outcome]);
    }
    expect([pageOf('unavailable', told).status, pageOf('busy', told).status]).toEqual([503, 429]);
  });

  it('shows the provider’s words as words, and only where the provider was asked by us', () => {
    expect(pageOf('not-agreed', told).html).toContain(
      'The provider said: &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;: it’s “no” &amp; no',
    );
    expect(pageOf('unknown-state', told).html).not.toContain('script');
    expect(pageOf('not-agreed', { ...told, description: 'x'.repeat(5_000) }).html.length).toBeLessThan(1_500);
  });

  it('takes no parameter that is there twice, or is none', () => {
    const none = { code: undefined, error: undefined, description: undefined };
    expect(callbackOf({ state: ['a', 'b'], code: ['c', 'd'] })).toEqual({ state: '', ...none });
    expect(callbackOf({ state: 's', code: 'x'.repeat(5_000) })).toEqual({ state: 's', ...none });
    expect(callbackOf({})).toEqual({ state: '', ...none });
  });
});
