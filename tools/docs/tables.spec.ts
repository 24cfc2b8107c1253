import { COMMON, ROOMWIRE_VARIABLES, SCRIPT_VARIABLES } from '@roomwire/chassis';
import { METRICS } from '@roomwire/telemetry';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providersDoc } from './providers.ts';
import { environmentDoc, metricsDoc, shapes } from './tables.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const HINT = 'run tools/docs/write.ts';

/** Our own names in the text of those files, each once. */
function namesIn(pattern: RegExp, ...globs: string[]): string[] {
  const files = globSync(globs, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**', '**/*.spec.ts'] });
  return [...new Set(files.flatMap((file) => read(file).match(pattern) ?? []))].sort();
}

describe('docs/environment.md', () => {
  it('is what the services’ shapes say', async () => {
    expect({ [HINT]: read('docs/environment.md') }).toEqual({ [HINT]: await environmentDoc() });
  });

  it('has every variable of ours known to the chassis, and no other', async () => {
    const all = [COMMON, ...Object.values(await shapes())].flatMap((shape) => Object.keys(shape));

    expect([...ROOMWIRE_VARIABLES].sort()).toEqual([...new Set(all.filter((name) => name.startsWith('ROOMWIRE_')))].sort());
  });

  it('has every variable of the npm verbs, and no other', () => {
    const used = namesIn(
      /\bROOMWIRE_[A-Z_]*[A-Z]\b/g,
      'scripts/**/*.{ts,mjs}',
      'libs/{testkit,fleet}/src/*',
      'e2e/src/*/settings.ts',
      'apps/*/src/testing/environment.ts',
    );
    const known: readonly string[] = ROOMWIRE_VARIABLES;

    expect(used.filter((name) => !known.includes(name))).toEqual(Object.keys(SCRIPT_VARIABLES).sort());
  });

  it('tells of every variable what it is for', async () => {
    const silent = Object.entries(await shapes()).flatMap(([app, shape]) =>
      Object.entries(shape).flatMap(([name, { description }]) => (description ? [] : [`${app} ${name}`])),
    );

    expect(silent).toEqual([]);
  });
});

describe('docs/metrics.md', () => {
  it('is what METRICS says', () => {
    expect({ [HINT]: read('docs/metrics.md') }).toEqual({ [HINT]: metricsDoc() });
  });

  it('names what some program measures, and all of it', () => {
    const measured = namesIn(/(?<=')roomwire_[a-z_]+(?=')/g, '{apps,libs}/*/src/**/*.ts');

    expect(measured).toEqual(Object.keys(METRICS).sort());
  });
});

describe('docs/providers.md', () => {
  it('is what the adapters claim', () => {
    expect({ [HINT]: read('docs/providers.md') }).toEqual({ [HINT]: providersDoc() });
  });
});
