import { eventually, spawnedSource } from '@roomwire/testkit';
import type { Ready } from './fleet.ts';

/** `npx roomwire …` as the operator of the fleet, with `--json`. */
export async function roomwire<T>(ready: Ready, ...args: string[]): Promise<T> {
  const run = spawnedSource('apps/cli/src/main.ts', {
    args: [...args, '--json'],
    env: { NATS_URL: ready.nats, NATS_USER: undefined, NATS_PASSWORD: undefined, NODE_OPTIONS: undefined },
    name: `roomwire ${args.join(' ')}`,
  });
  const { code } = await run.exited;
  if (code !== 0) throw new Error(`roomwire ${args.join(' ')} ended with ${code}:\n${run.output()}`);
  return JSON.parse(run.lines.filter((line) => !line.startsWith('(node')).join('\n')) as T;
}

export type Letter = {
  id: string;
  stage: string;
  reason: string;
  receipt: string;
  pointer: string;
  detail: string;
  provider: string;
};

/** The dead letter of a receipt, as soon as `roomwire dlq ls` shows it. */
export function deadLetterOf(ready: Ready, tenant: string, receipt: string): Promise<Letter> {
  return eventually(
    async () => {
      const answer = await roomwire<Letter[] | { letters: Letter[] }>(ready, 'dlq', 'ls', '--tenant', tenant);
      const letters = Array.isArray(answer) ? answer : answer.letters;
      const found = letters.find((letter) => letter.receipt === receipt);
      if (!found) throw new Error(`no dead letter of ${receipt} among ${letters.length}`);
      return found;
    },
    { withinMs: 10_000 },
  );
}
