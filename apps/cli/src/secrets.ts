import type { Secret } from './core/provision-file.ts';
import type { Terminal } from './terminal.ts';

/** Finds secrets where the file says they are, and gathers what is missing: a person wants to know all of it at once. */
export class Secrets {
  readonly problems: string[] = [];
  readonly #terminal: Pick<Terminal, 'env' | 'readFile'>;

  constructor(terminal: Pick<Terminal, 'env' | 'readFile'>) {
    this.#terminal = terminal;
  }

  /** '' where it cannot be found; then `problems` says why, under `path`. */
  async find(secret: Secret, path: string): Promise<string> {
    if (typeof secret === 'string') return secret;
    if ('env' in secret) {
      const value = this.#terminal.env[secret.env];
      return value ? value : this.#missing(path, `the environment has no ${secret.env}`);
    }
    try {
      // An editor ends a file with a line break, which is no part of the secret.
      const text = (await this.#terminal.readFile(secret.file)).replace(/\r?\n$/, '');
      return text === '' ? this.#missing(path, `the file ${secret.file} is empty`) : text;
    } catch (error) {
      return this.#missing(
        path,
        `the file ${secret.file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      );
    }
  }

  async findAll(secrets: Readonly<Record<string, Secret>>, path: string): Promise<Record<string, string>> {
    const found = Object.entries(secrets).map(
      async ([name, secret]) => [name, await this.find(secret, `${path}.${name}`)] as const,
    );
    return Object.fromEntries(await Promise.all(found));
  }

  #missing(path: string, why: string): '' {
    this.problems.push(`${path}: ${why}`);
    return '';
  }
}
