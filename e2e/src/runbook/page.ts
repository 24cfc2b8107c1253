import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of a fenced block, and a part of what it prints. */
export type Line = { command: string; shows: string | undefined };
/** An alert's section: what to look at, what to do, and what is seen when it is over. */
export type Section = { alert: string; look: Line[]; act: Line[]; over: Line[] };

export const root = join(import.meta.dirname, '../../..');

export function runbook(): Section[] {
  const page = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
  return page
    .split(/^## /m)
    .slice(1)
    .map((text) => {
      const [before = '', later = ''] = text.split('**Do**');
      const [act = '', over = ''] = later.split('**Over**');
      return { alert: text.split('\n')[0]!, look: linesOf(before), act: linesOf(act), over: linesOf(over) };
    });
}

function linesOf(text: string): Line[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines!);
  return blocks.flatMap((block) =>
    block
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [command = '', shows] = line.split(/ +# /);
        return { command: command.trim(), shows };
      }),
  );
}

/** `--reason "two words"` is one word to a shell. */
export function wordsOf(command: string, variables: Record<string, string>): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => {
    const word = quoted ?? bare!;
    return word.startsWith('$') ? (variables[word.slice(1)] ?? word) : word;
  });
}
