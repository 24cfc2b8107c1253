import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '@roomwire/telemetry';
import type { Command } from 'commander';
import { programOf } from './program.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');
const sections = page.split(/^## /m).slice(1);
const commands = [...page.matchAll(/^roomwire (.+?)(?: +# .+)?$/gm)].map(([, words]) => words!);

/** The command that the words lead to, and the options that they give. */
function found(words: string): { leaf: Command; options: string[] } {
  let leaf = programOf(memoryTerminal());
  for (const word of words.split(' ')) {
    const next = leaf.commands.find((each) => each.name() === word);
    if (!next) break;
    leaf = next;
  }
  return { leaf, options: [...words.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => option!) };
}

describe('docs/runbook.md', () => {
  it('has ten alerts, each with its meaning, what to look at, what to do and when it is over', () => {
    expect(sections).toHaveLength(10);
    for (const section of sections)
      expect(['**Means**', '**Look**', '**Do**', '**Over**'].filter((part) => !section.includes(part))).toEqual([]);
  });

  it('goes by metrics that there are', () => {
    const named = [...page.matchAll(/\broomwire_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ''));

    expect(named.filter((name) => !Object.hasOwn(METRICS, name))).toEqual([]);
    for (const section of sections) expect(/\broomwire_[a-z_]+/.test(section)).toBe(true);
  });

  it.each(commands)('knows: roomwire %s', (words) => {
    const { leaf, options } = found(words);

    expect(leaf.commands).toEqual([]);
    expect(options.filter((option) => !leaf.options.some(({ long }) => long === option))).toEqual([]);
  });
});
