import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type LapseRow = [name: string, where: string, answer: string, state: string, notice: string, lease: string];

/** The table of docs/vault.md, those of its rows that happen there. */
export function lapseRows(where: 'a call' | 'token endpoint'): LapseRow[] {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/vault.md'), 'utf8');
  const table = page.slice(page.indexOf('| case | where |')).split('\n\n')[0]!;
  const rows = table
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()) as LapseRow); // prettier-ignore
  return rows.filter((row) => row[1].startsWith(where));
}

export const titleOf = ([name, where]: LapseRow): string => `${name}, ${where}`;
