import type { Account } from './world.ts';

/** A call as it came, for whoever wants to know which page was asked for twice. `at` in epoch ms. */
export type Asked = { at: number; method: string; path: string; query: string; status: number };

const KEPT = 20_000;

/** The last ones are kept. */
export function noteCall({ asked }: Account, call: Asked): void {
  asked.push(call);
  if (asked.length > KEPT * 2) asked.splice(0, KEPT);
}

export const callsSince = ({ asked }: Account, since: number): Asked[] => asked.filter(({ at }) => at >= since);
