import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/failures.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line));
const shown = rows.flatMap((row) =>
  [...row.matchAll(/`([\w/.-]+\.spec\.ts)` \*(.+?)\*(?=<br>| \|)/g)].map(
    ([, file, title]) => [Number(row.split(' ')[1]), file!, title!] as const,
  ),
);

/** A test of this title: a string of the language, in whichever quotes. */
function holds(source: string, title: string): boolean {
  return ["'", '"', '`'].some(
    (quote) => source.includes(`(${quote}${title}${quote}`) || source.includes(`${quote}${title}${quote},`),
  );
}

describe('docs/failures.md', () => {
  it('has twenty ways to fail, each with what is done and at least one test', () => {
    expect(rows.map((row) => Number(row.split(' ')[1]))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect([...new Set(shown.map(([number]) => number))]).toHaveLength(20);
    // Each file that is named is named with a title.
    for (const row of rows)
      expect(row.match(/\.spec\.ts`/g)?.length).toBe(shown.filter(([number]) => number === Number(row.split(' ')[1])).length);
  });

  it.each(shown)('%i: %s has “%s”', (_, file, title) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(holds(readFileSync(join(root, file), 'utf8'), title)).toBe(true);
  });

  it('would notice a test that is gone', () => {
    expect(holds("it('does one thing', async () => {", 'does one thing')).toBe(true);
    expect(holds("it('does one thing well', async () => {", 'does one thing')).toBe(false);
  });
});
