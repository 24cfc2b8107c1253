import { inspect } from 'node:util';

/** Something that is not as the model says. */
export type Counterexample = {
  kind: 'outcome' | 'debt' | 'record' | 'heard' | 'catalogue' | 'room' | 'timer' | 'conflict' | 'revision' | 'version';
  what: string;
  expected: unknown;
  found: unknown;
};

/** Begins with a line by which a script knows what was found. Nothing where all is as it should be. */
export function firstOf(wrong: readonly Counterexample[]): string {
  const [first] = wrong;
  if (!first) return '';
  const { kind, what, expected, found } = first;
  const show = (value: unknown): string => (typeof value === 'string' ? value : inspect(value, { depth: 9, breakLength: 150 }));
  const kinds = [...new Set(wrong.map((each) => each.kind))].join(', ');
  return `counterexample: ${kind}, the first of ${wrong.length} (${kinds})\n${what}\nexpected ${show(expected)}\nfound    ${show(found)}`;
}
