import { pms, type RawMessage } from '@roomwire/pms-port';
import { PUSH } from '@roomwire/pms-port/conformance';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from './index.ts';

/** Every body that was copied from a provider's documents, other people's tests or recordings: provider, name, bytes. */
const fixtures = Object.keys(adapters).flatMap((provider) => {
  const folder = join(import.meta.dirname, provider, 'fixtures');
  return readdirSync(folder).map((file) => [provider, file, readFileSync(join(folder, file))] as const);
});
const specsOf = (provider: string): string => {
  const folder = join(import.meta.dirname, provider);
  const specs = readdirSync(folder).filter((file) => file.endsWith('.spec.ts'));
  return specs.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
};

describe('the fixtures', () => {
  it.each(fixtures)('of %s: %s is JSON, and a spec of its adapter names it', (provider, file, bytes) => {
    expect(() => void JSON.parse(bytes.toString())).not.toThrow();
    const name = file.replace(/\.json$/, '');
    expect({ name, isNamed: new RegExp(`\\('${name}'[,)]|'${name}'\\]`).test(specsOf(provider)) }).toEqual({
      name,
      isNamed: true,
    });
  });

  const pushes = fixtures.filter(([, file]) => /^(webhook|socket)-/.test(file));

  it.each(pushes)(
    'of %s: %s, sent to us, is told, hinted, rejected or ignored with a reason, and breaks nothing',
    (provider, _file, body) => {
      const raw: RawMessage = { tenant: 't1', connection: 'c1', account: null, body, context: PUSH };
      const decoded = pms(adapters[provider as keyof typeof adapters]).decode(raw);
      expect(Object.values(decoded).flat()).not.toEqual([]);
      expect(decoded.rejects.map(({ reason }) => reason)).not.toContain('adapter-threw');
    },
  );
});
