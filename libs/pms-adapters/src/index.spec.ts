import type { PmsAdapter } from '@roomwire/pms-port';
import { readdirSync } from 'node:fs';
import { adapterOf, adapters } from './index.ts';

describe('the adapters', () => {
  it('are one a folder, under the provider’s name', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && entry.name !== 'testing',
    );

    expect(Object.keys(adapters).sort()).toEqual(folders.map((folder) => folder.name).sort());
    for (const [name, adapter] of Object.entries(adapters)) expect(adapter.provider).toBe(name);
  });

  it('are isomorphic: the same files, and the same names in the same order', () => {
    for (const name of Object.keys(adapters)) {
      const files = readdirSync(`${import.meta.dirname}/${name}`);
      expect(files).toEqual(
        expect.arrayContaining(['README.md', 'adapter.spec.ts', 'adapter.ts', 'fixtures', 'mapping.ts', 'wire.ts']),
      );
    }
    const order = Object.keys(adapters.memory);
    for (const adapter of Object.values(adapters)) {
      const known = Object.keys(adapter).filter((key) => order.includes(key));
      expect(known).toEqual(order.filter((key) => known.includes(key)));
    }
  });

  it('know in which house a door is that is only named, where its name or the account says so', () => {
    const { hostaway, mews, cloudbeds, beds24, smoobu } = adapters as Record<string, PmsAdapter>;
    const account = { account: 'house' };

    expect(['40', '40/2'].map((door) => hostaway!.houseOf!(door, account))).toEqual(['40', '40']);
    expect([mews, cloudbeds].map((one) => one!.houseOf!('7', account))).toEqual(['house', 'house']);
    expect([mews, cloudbeds].map((one) => one!.houseOf!('7', { account: null }))).toEqual([undefined, undefined]);
    // Of Beds24's neither says it, and Smoobu's are houses of their own.
    expect([beds24, smoobu].map((one) => one!.houseOf)).toEqual([undefined, undefined]);
  });

  it('are found by provider, and nothing else is', () => {
    expect(adapterOf('hostaway')).toBe(adapters.hostaway);
    for (const other of ['airbnb', '', 'toString', '__proto__']) expect(adapterOf(other)).toBeUndefined();
  });
});
