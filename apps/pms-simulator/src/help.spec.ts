import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actCommand, ACTS } from './core/act-command.ts';
import { ADMIN_ROUTES, KNOB_NAMES } from './core/admin.ts';
import { HELP } from './help.ts';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

describe.each([
  ['--help', HELP],
  ['README.md', README],
])('%s', (_, text) => {
  it('names every admin route, act and knob', () => {
    const routes = ADMIN_ROUTES.map((route) => route.split(' ')[1]!);

    expect([...routes, ...ACTS, ...KNOB_NAMES].filter((name) => !text.includes(name))).toEqual([]);
  });
});

describe('README.md', () => {
  it('names every field of an act', () => {
    expect(Object.keys(actCommand.shape).filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
  });

  it('names no knob that is not there', () => {
    const table = README.slice(README.indexOf('### Knobs'), README.indexOf('### Acts'));
    const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!);

    expect(named.sort()).toEqual([...KNOB_NAMES].sort());
  });
});
