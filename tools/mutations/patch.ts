/** One place at which a file reads otherwise. `from` stands in it exactly once. */
export type Edit = { file: string; from: string; to: string };
/** A rule broken on purpose: histories that stay green with it prove nothing of that rule. */
export type Mutation = { name: string; breaks: string; edits: readonly Edit[] };

/** @throws where the text to change is not there, or is there more than once: a mutation that changes nothing would look harmless. */
export function edited(text: string, { file, from, to }: Edit): string {
  const found = text.split(from).length - 1;
  if (found !== 1) throw new Error(`${file}: expected once, found ${found} times: ${JSON.stringify(from)}`);
  if (from === to) throw new Error(`${file}: nothing is changed: ${JSON.stringify(from)}`);
  return text.replace(from, () => to);
}

/** What a mutation makes of the files that it names. `read` answers their text. */
export function mutated({ name, edits }: Mutation, read: (file: string) => string): Map<string, string> {
  const files = new Map<string, string>();
  try {
    for (const edit of edits) files.set(edit.file, edited(files.get(edit.file) ?? read(edit.file), edit));
  } catch (error) {
    throw new Error(`mutation "${name}": ${(error as Error).message}`, { cause: error });
  }
  return files;
}

/**
 * What a run of the histories says: the kinds of its counterexamples, or the first error where it did not come so far. Exit code null: it
 * was given up, long after the unbroken registry had come to rest.
 */
export function verdictOf(exitCode: number | null, output: string): { isRed: boolean; why: string } {
  if (exitCode === 0) return { isRed: false, why: 'nobody noticed' };
  if (exitCode === null) return { isRed: true, why: 'it never came to rest' };
  const kind = /counterexample: (\w+.*)/.exec(output)?.[1];
  if (kind) return { isRed: true, why: kind };
  // A run that did not even begin proves nothing either.
  const failed = /✕ end in/.test(output);
  const error = /^\s+((?:\w*Error|Timeout|thrown|expect\(.*)\b.*)$/m.exec(output)?.[1] ?? 'no message';
  return failed
    ? { isRed: true, why: `error: ${error.slice(0, 80)}` }
    : { isRed: false, why: `did not run: ${error.slice(0, 200)}` };
}
