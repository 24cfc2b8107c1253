import { Failure } from './core/failure.ts';
import type { Terminal } from './terminal.ts';

/** What a person names: a path, or `-` for standard input. @throws {Failure} usage */
export async function textOf(path: string, terminal: Pick<Terminal, 'readFile'>): Promise<string> {
  try {
    return await terminal.readFile(path);
  } catch (error) {
    throw new Failure('usage', `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/** @throws {Failure} usage, without a word of the text */
export function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, in which secrets may stand.
    throw new Failure('usage', `${path} is not JSON`);
  }
}
