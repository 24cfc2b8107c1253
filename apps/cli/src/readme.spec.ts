import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from './core/failure.ts';
import { programOf } from './program.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

describe('README.md', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

  it('names every exit code with its meaning', () => {
    const listed = [...readme.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);

    expect(listed).toEqual(Object.values(EXIT).map(({ code, meaning }) => [code, meaning]));
  });

  it('names every command, with every option of its own', () => {
    const rows = readme.split('\n').filter((line) => line.startsWith('| `roomwire '));
    const nameOf = (row: string) => /roomwire[a-z -]*[a-z]/.exec(row.replaceAll('--', '`'))![0];
    const commands = leaves(programOf(memoryTerminal()));

    expect(rows.map(nameOf).toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
    for (const { name, options } of commands) {
      const row = rows.find((each) => nameOf(each) === name)!;
      expect({ name, missing: options.filter((option) => !row.includes(option)) }).toEqual({ name, missing: [] });
    }
  });
});

type Leaf = { name: string; options: string[] };

function leaves(command: Command, path = 'roomwire'): Leaf[] {
  if (command.commands.length > 0) return command.commands.flatMap((each) => leaves(each, `${path} ${each.name()}`));
  return [{ name: path, options: command.options.flatMap(({ long }) => (long ? [long] : [])) }];
}
