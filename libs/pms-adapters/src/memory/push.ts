import type { PushCommand, Pushes, PushOutcome, PushPlan } from '@roomwire/pms-port';
import { wireOutcomes } from './wire.ts';

/** Commands in one request. */
const COMMANDS_MAX = 100;

export const push: Pushes = {
  kinds: ['availability', 'rate', 'message', 'unit-status', 'task'],
  pushRequests,
  pushed,
};

function pushRequests(commands: readonly PushCommand[]): PushPlan[] {
  const starts = commands.map((_command, index) => index).filter((index) => index % COMMANDS_MAX === 0);
  return starts.map((start) => {
    const carried = commands.slice(start, start + COMMANDS_MAX);
    return {
      operation: 'push-commands',
      method: 'PUT',
      path: '/commands',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ commands: carried }),
      carries: carried.map((_command, index) => start + index),
      idempotent: true,
    };
  });
}

function pushed(_plan: PushPlan, body: unknown): PushOutcome[] {
  const answer = wireOutcomes.safeParse(body);
  if (!answer.success) return [];
  return answer.data.outcomes.map((outcome): PushOutcome => {
    if (outcome.state === 'refused') return { kind: 'refused', code: 'forbidden', detail: outcome.reason };
    return outcome.state === 'pending' ? { kind: 'pending', job: outcome.job } : { kind: 'accepted' };
  });
}
