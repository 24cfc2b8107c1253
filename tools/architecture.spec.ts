import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** What is planted, where, and the one rule that must find it. A rule that finds nothing any more is a wall that fell. */
const planted: readonly { name: string; path: string; text: string; rule: string }[] = [
  {
    name: 'an app that imports another app',
    path: 'apps/propagator/src/planted.ts',
    text: `import { x } from '@roomwire/registry';\nexport const y: unknown = x;\n`,
    rule: 'roomwire/import-only-in',
  },
  {
    name: 'an app that reaches into another app’s folder',
    path: 'apps/propagator/src/planted.ts',
    text: `import { x } from '../../registry/src/main.ts';\nexport const y: unknown = x;\n`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    name: 'the simulator that imports the adapters',
    path: 'apps/pms-simulator/src/planted.ts',
    text: `import { adapters } from '@roomwire/pms-adapters';\nexport const y: unknown = adapters;\n`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    name: 'the domain that imports the transport',
    path: 'libs/pms-port/src/planted.ts',
    text: `import { settle } from '@roomwire/jetstream';\nexport const y: unknown = settle;\n`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    name: 'product code that imports the test kit',
    path: 'apps/registry/src/planted.ts',
    text: `import { eventually } from '@roomwire/testkit';\nexport const y: unknown = eventually;\n`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    name: 'product code that imports a conformance kit',
    path: 'libs/pms-adapters/src/mews/adapter.ts',
    text: `import { describeAdapter } from '@roomwire/pms-port/conformance';\nexport const y: unknown = describeAdapter;\n`,
    rule: 'roomwire/import-only-in',
  },
  {
    name: 'an end-to-end test that knows our types',
    path: 'e2e/src/planted.e2e.spec.ts',
    text: `import { change } from '@roomwire/events';\nexport const y: unknown = change;\n`,
    rule: 'roomwire/import-only-in',
  },
  {
    name: 'an end-to-end test that measures with the bench',
    path: 'e2e/src/planted.e2e.spec.ts',
    text: `import { measure } from '@roomwire/bench';\nexport const y: unknown = measure;\n`,
    rule: 'roomwire/import-only-in',
  },
  {
    name: 'Redis in a controller',
    path: 'apps/registry/src/record.controller.ts',
    text: `import { Redis } from 'ioredis';\nexport const y: unknown = Redis;\n`,
    rule: 'roomwire/import-only-in',
  },
  {
    name: 'NATS in an app',
    path: 'apps/registry/src/planted.ts',
    text: `import { connect } from '@nats-io/transport-node';\nexport const y: unknown = connect;\n`,
    rule: 'roomwire/import-only-in',
  },
  {
    name: 'a provider that imports another provider',
    path: 'libs/pms-adapters/src/mews/adapter.ts',
    text: `import { x } from '../beds24/wire.ts';\nexport const y: unknown = x;\n`,
    rule: 'roomwire/import-only-in',
  },
  ...[
    ['Date.now()', `Date.now()`],
    ['new Date()', `new Date()`],
    ['Temporal.Now', `Temporal.Now.instant()`],
    ['Math.random()', `Math.random()`],
    ['performance.now()', `performance.now()`],
    ['process', `process.pid`],
    ['fetch', `fetch('http://127.0.0.1/')`],
    ['a timer', `setTimeout(() => undefined, 1)`],
    ['an async function', `async () => undefined`],
  ].map(([name, expression]) => ({
    name: `${name} in a core file`,
    path: 'apps/registry/src/core/planted.ts',
    text: `export const y: unknown = ${expression};\n`,
    rule: 'roomwire/pure',
  })),
  {
    name: 'a shell in the core of a part of an app',
    path: 'apps/registry/src/read/core/planted.ts',
    text: `import { Whole } from '../whole.ts';\nexport const y: unknown = Whole;\n`,
    rule: 'roomwire/pure',
  },
  {
    name: 'node:fs in a core file',
    path: 'apps/registry/src/core/planted.ts',
    text: `import { readFileSync } from 'node:fs';\nexport const y: unknown = readFileSync;\n`,
    rule: 'roomwire/pure',
  },
  {
    name: 'a clock in a mapping',
    path: 'libs/pms-adapters/src/mews/mapping.ts',
    text: `export const y = Date.now();\n`,
    rule: 'roomwire/pure',
  },
  {
    name: 'randomness in backoff',
    path: 'libs/jetstream/src/backoff.ts',
    text: `export const y = Math.random();\n`,
    rule: 'roomwire/pure',
  },
  {
    name: 'process.env in a controller',
    path: 'apps/registry/src/record.controller.ts',
    text: `export const y = process.env['PORT'];\n`,
    rule: 'no-restricted-properties',
  },
  {
    name: 'an index.ts inside an app',
    path: 'apps/registry/src/core/index.ts',
    text: `export const y = 1;\n`,
    rule: 'no-restricted-syntax',
  },
  {
    name: 'export * in a library’s door',
    path: 'libs/events/src/index.ts',
    text: `export * from './token.ts';\n`,
    rule: 'no-restricted-syntax',
  },
  {
    name: 'a sleep in a spec',
    path: 'apps/registry/src/planted.spec.ts',
    text: `setTimeout(() => undefined, 1);\n`,
    rule: 'no-restricted-syntax',
  },
];

const allowed: readonly { name: string; path: string; text: string }[] = [
  {
    name: 'an app that imports libraries',
    path: 'apps/registry/src/planted.ts',
    text: `import { apply } from '@roomwire/events';\nexport const y: unknown = apply;\n`,
  },
  {
    name: 'a core file that takes `now`',
    path: 'apps/registry/src/core/planted.ts',
    text: `import type { Change } from '@roomwire/events';\n\nexport const age = (change: Change, now: number): number => now - new Date(change.time).getTime();\n`,
  },
  {
    name: 'Redis in a store',
    path: 'apps/registry/src/redis-record-store.ts',
    text: `import { Redis } from 'ioredis';\nexport const y: unknown = Redis;\n`,
  },
  {
    name: 'a spec that uses the test kit',
    path: 'apps/registry/src/planted.int.spec.ts',
    text: `import { eventually } from '@roomwire/testkit';\nexport const y: unknown = eventually;\n`,
  },
  {
    name: 'a provider’s spec that imports the conformance kit',
    path: 'libs/pms-adapters/src/mews/adapter.spec.ts',
    text: `import { describeAdapter } from '@roomwire/pms-port/conformance';\nexport const y: unknown = describeAdapter;\n`,
  },
  {
    name: 'an end-to-end test that uses the test kit',
    path: 'e2e/src/planted.e2e.spec.ts',
    text: `import { eventually } from '@roomwire/testkit';\nexport const y: unknown = eventually;\n`,
  },
];

describe('the walls of the house', () => {
  let findings: string[][];

  beforeAll(() => {
    const run = spawnSync(process.execPath, [join(root, 'tools/lint-texts.mjs')], {
      cwd: root,
      input: JSON.stringify([...planted, ...allowed].map(({ path, text }) => ({ path, text }))),
      encoding: 'utf8',
      env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' },
    });
    if (run.status !== 0) throw new Error(`lint-texts failed:\n${run.stderr}`);
    findings = JSON.parse(run.stdout) as string[][];
  }, 120_000);

  it.each(planted.map((plant, index) => ({ ...plant, index })))('finds $name', ({ index, rule }) => {
    expect(findings[index]).toContain(rule);
  });

  it.each(allowed.map((plant, index) => ({ ...plant, index })))('lets be $name', ({ index }) => {
    expect(findings[planted.length + index]).toEqual([]);
  });
});
