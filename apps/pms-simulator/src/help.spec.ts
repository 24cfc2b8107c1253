import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actCommand, ACTS } from './core/act-command.ts';
import { ADMIN_ROUTES, KNOB_NAMES } from './core/admin.ts';
import { beds24Config } from './core/beds24/config.ts';
import { cloudbedsConfig } from './core/cloudbeds/config.ts';
import { mewsConfig } from './core/mews/config.ts';
import { smoobuConfig } from './core/smoobu/config.ts';
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

  it.each([
    ['Mews', mewsConfig],
    ['Beds24', beds24Config],
    ['Smoobu', smoobuConfig],
    ['Cloudbeds', cloudbedsConfig],
  ])('names every field and reading of an account with %s', (name, { shape }) => {
    const section = README.slice(README.indexOf(`## ${name}`), README.indexOf('\n## ', README.indexOf(`## ${name}`) + 1));
    const readings = Object.keys(shape.readings.unwrap().shape);

    expect(readings.filter((reading) => !section.includes(`\`${reading}\``))).toEqual([]);
    expect(Object.keys(shape).filter((field) => !README.includes(`\`${field}`))).toEqual([]);
  });

  it('names no knob that is not there', () => {
    const table = README.slice(README.indexOf('### Knobs'), README.indexOf('### Acts'));
    const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!);

    expect(named.sort()).toEqual([...KNOB_NAMES].sort());
  });
});
