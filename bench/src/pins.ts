import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../floor/', import.meta.url));
const PINNED = 'PINNED';

/** SHA-256 of each file of the floor, in the form of sha256sum. */
export function hashesOf(folder = FOLDER): string {
  const names = globSync('*.mjs', { cwd: folder }).sort();
  return names
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('');
}

/**
 * The floor is what the fleet is compared with: whoever makes it slower makes the fleet look better, so that it changes on purpose only.
 * @throws {Error} naming the files that are not as they were pinned
 */
export function checkPins(folder = FOLDER): void {
  const pinned = new Set(lines(readFileSync(join(folder, PINNED), 'utf8')));
  const found = new Set(lines(hashesOf(folder)));
  const names = new Set([...pinned.symmetricDifference(found)].map((line) => line.split('  ')[1]!));
  if (names.size > 0)
    throw new Error(
      `the floor is not as it was pinned: ${[...names].sort().join(', ')}. Older figures cannot be compared with newer ones. ` +
        'Where the change is meant: npm run bench -- --repin, and commit bench/floor/PINNED with the reason.',
    );
}

export function repin(folder = FOLDER): void {
  writeFileSync(join(folder, PINNED), hashesOf(folder));
}

const lines = (text: string): string[] => text.split('\n').filter(Boolean);
