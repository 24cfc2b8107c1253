import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where something may have leaked to: a name, and all its bytes. */
export type Haystack = { name: string; bytes: Buffer };
export type Leak = { where: string; what: string; as: string };

/** Every file under a folder, as it is on the disk. */
export function filesUnder(folder: string): Haystack[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((file) => {
      try {
        return [{ name: file.slice(folder.length + 1), bytes: readFileSync(file) }];
      } catch {
        return []; // taken away between the listing and the look
      }
    });
}

/** `needles`: names and what must not be found, in any form in which programs write texts down. */
export function leaksIn(haystacks: readonly Haystack[], needles: ReadonlyMap<string, string>): Leak[] {
  const forms = [...needles].flatMap(([what, secret]) => formsOf(secret).map(([as, text]) => ({ what, as, text })));
  return haystacks.flatMap(({ name, bytes }) =>
    forms.filter(({ text }) => bytes.includes(text)).map(({ what, as }) => ({ where: name, what, as })),
  );
}

function formsOf(secret: string): [string, string][] {
  const bytes = Buffer.from(secret);
  return [
    ['clear', secret],
    ['hex', bytes.toString('hex')],
    ['URL', encodeURIComponent(secret)],
    // In the middle of something else it begins at any of three places; its ends are mixed with what stands beside it.
    ...[0, 1, 2].map((shift): [string, string] => {
      const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64url');
      return ['base64url', shifted.slice(shift ? 4 : 0, -4)];
    }),
    ...[0, 1, 2].map((shift): [string, string] => {
      const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      return ['base64', shifted.slice(shift ? 4 : 0, -4)];
    }),
  ];
}
