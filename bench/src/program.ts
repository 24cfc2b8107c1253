export const say = (line: string): void => void process.stderr.write(`· ${line}\n`);

/**
 * The whole life of one of the bench's programs. It ends with the code that `main` answers, or 1 when that fails; told to stop, with
 * 130, and not before `main` has put away what it had running.
 */
export async function program(main: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
  try {
    process.exitCode = await main(stop.signal);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = stop.signal.aborted ? 130 : 1;
  }
}
