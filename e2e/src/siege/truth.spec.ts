import type { Tenant } from '../hostaway-webhook.ts';
import { Truth, type Hook } from './truth.ts';

const SEEDS = [1, 2, 3, 20261121];

describe('the story of a siege', () => {
  it.each(SEEDS)('may stop anywhere: what was handed out and is not owing tells every price (seed %i)', (seed) => {
    const truth = new Truth([{}, {}] as Tenant[], seed, 40);
    const prices = new Prices();
    let unsaid = 0;

    for (let sent = 0; sent < 3_000; sent++) {
      prices.take(truth.next());
      if (truth.isOwing) unsaid++;
      else expect(prices.wrong(truth)).toEqual([]);
    }

    expect(unsaid).toBeGreaterThan(0);
    expect(unsaid).toBeLessThan(1_000);
  });
});

/** What a reader of the webhooks knows: of each reservation the price of its latest version that carried one. */
class Prices {
  private readonly known = new Map<number, { version: number; price: number }>();

  take({ reservation, version, body }: Hook): void {
    const { data } = JSON.parse(body) as { data: { totalPrice?: number } | string };
    const { totalPrice: price } = typeof data === 'string' ? (JSON.parse(data) as { totalPrice?: number }) : data;
    const held = this.known.get(reservation);
    if (price !== undefined && version >= (held?.version ?? 0)) this.known.set(reservation, { version, price });
  }

  wrong(truth: Truth): string[] {
    return truth.reservations().flatMap(({ reservation, fact }) => {
      const price = this.known.get(reservation)?.price;
      return price === fact.price ? [] : [`${reservation}: known is ${price}, told was ${fact.price}`];
    });
  }
}
