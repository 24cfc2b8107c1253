import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@roomwire/testkit';
import { asAda } from './testing/broker.ts';
import { root } from './testing/cli-process.ts';
import { bodyOf, NOW, ReplayWorld } from './testing/replay-world.ts';

const LETTERS = 12;
/** Of the alert's expression. */
const FIRES_AT = 5;
const WITHIN = { withinMs: 30_000 };

const page = readFileSync(join(root, 'docs/transcript.md'), 'utf8');
const provisioned = (account: string) => ({
  'tenants.json': JSON.stringify({
    tenants: [
      {
        ...{ id: 'acme', name: 'Acme Stays', defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' } },
        connections: [{ id: 'acme-c1', provider: 'memory', account }],
      },
    ],
  }),
});

describe('docs/transcript.md', () => {
  let world: ReplayWorld;
  beforeAll(async () => {
    world = await ReplayWorld.open(['acme']);
  }, 90_000);
  afterAll(() => world?.[Symbol.asyncDispose]());

  it('is what is typed and printed, from the alert to the repaired cause', async () => {
    expect(await asAda(world.nats, ['provision', 'tenants.json'], provisioned('a2'))).toMatchObject({ code: 0 });
    const earlier = '2026-11-20T09:00:00Z';
    for (let n = 0; n < LETTERS; n++) {
      // The last one is about the first's unit, and older.
      const unit = n === LETTERS - 1 ? 0 : n;
      await world.webhook('acme', bodyOf(`u${unit}`, `Room ${unit}`, n === LETTERS - 1 ? earlier : NOW));
    }
    const [, consumer, reason] = /\{consumer="([\w-]+)", reason="([\w-]+)"\}/.exec(page)!;
    const series = `roomwire_dead_letters_total{consumer="${consumer}",reason="${reason}"}`;
    expect(page).toContain(`(increase(roomwire_dead_letters_total[15m])) > ${FIRES_AT}`);
    await eventually(async () => expect(await world.figure(series)).toBeGreaterThan(FIRES_AT), WITHIN);
    await eventually(async () => expect(await world.letters('acme')).toHaveLength(LETTERS), WITHIN);

    for (const { words, shows } of typed()) {
      const { out, err } = await asAda(world.nats, words, provisioned('a1'));
      for (const line of shows) expect(`${flat(out)}\n${flat(err)}`).toMatch(patternOf(line));
    }

    expect(await world.told('acme', 'u0')).toEqual({ revision: 1, name: 'Room 0' });
  }, 120_000);
});

/** Each command of the page and the lines that stand below it. */
function typed(): { words: string[]; shows: string[] }[] {
  const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, text]) => text!);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ roomwire /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...shows] = text.trimEnd().split('\n');
        const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
        return { words, shows };
      }),
  );
}

const flat = (text: string): string => text.replace(/[ \t]+/g, ' ');
const patternOf = (line: string): RegExp => {
  const parts = flat(line)
    .split('…')
    .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*'), 'm');
};
