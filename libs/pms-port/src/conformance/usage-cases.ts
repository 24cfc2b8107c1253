import type { AdapterHarness } from './harness.ts';

const NONSENSE = ['', 'x', 'NaN', '-1', '1e400', 'Infinity', '1,5', '9'.repeat(400)];

export function usageCases({ adapter, usages = [] }: AdapterHarness): void {
  const read = (headers: Record<string, string>) => {
    const sent = new Headers(headers);
    return adapter.readUsage!((name) => sent.get(name));
  };

  it('reads the provider’s own headers', () => {
    expect(usages.length).toBeGreaterThan(0);
    for (const { headers, usage } of usages) expect(read(headers)).toEqual(usage);
  });

  it('says nothing where they are missing', () => {
    expect(read({})).toEqual({});
  });

  it('takes no nonsense for a number', () => {
    for (const { headers } of usages)
      for (const nonsense of NONSENSE) {
        const values = Object.values(read(Object.fromEntries(Object.keys(headers).map((name) => [name, nonsense]))));
        expect(values.filter((value) => !(Number.isFinite(value) && value >= 0))).toEqual([]);
      }
  });
}
