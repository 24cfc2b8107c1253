/** What a script may act upon; `roomwire --help` lists them. */
export const EXIT = {
  done: { code: 0, meaning: 'done' },
  internal: { code: 1, meaning: 'something failed that should not' },
  usage: { code: 2, meaning: 'wrong arguments, or a file that is not valid' },
  'not-found': { code: 3, meaning: 'what was asked for is not there' },
  unavailable: { code: 4, meaning: 'NATS or a service cannot be reached' },
  refused: { code: 5, meaning: 'understood and refused: not permitted, or it would destroy something' },
  incomplete: { code: 6, meaning: 'not all of it was done: letters failed again or are still to come; it says how to go on' },
  unwell: { code: 7, meaning: 'looked at, and some of it is in danger' },
} as const;
export type ExitName = keyof typeof EXIT;

/** An end that a person can do something about: one line says what is wrong, `advice` what to do. Neither holds a secret. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly exit: Exclude<ExitName, 'done'>,
    message: string,
    readonly advice: readonly string[] = [],
  ) {
    super(message);
  }
}
