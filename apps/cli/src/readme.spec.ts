import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from './core/failure.ts';

it('README.md names every exit code with its meaning', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

  const listed = [...readme.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);

  expect(listed).toEqual(Object.values(EXIT).map(({ code, meaning }) => [code, meaning]));
});
