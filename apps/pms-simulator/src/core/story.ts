import { actCommand, type Act } from './act-command.ts';
import { isRefused } from './act-scene.ts';
import { perform, type Performed } from './perform.ts';
import type { Account, World } from './world.ts';

const TRIES = 8;

/** The next thing that happens, to an account of chance's choosing; undefined when nothing can. */
export function storyStep(world: World, now: number): Performed | undefined {
  const accounts = [...world.accounts.values()];
  if (accounts.length === 0) return undefined;
  const account = world.chance.pick(accounts);
  return announcement(world, account, now) ?? anything(world, account, now);
}

/** First of all the housekeeping app says how its doors stand, or a board would know only of those that change. */
function announcement(world: World, account: Account, now: number): Performed | undefined {
  if (account.announced || !account.internalWebhook) return undefined;
  const outcome = perform(world, account, actCommand.parse({ act: 'announce' }), now, 'story');
  return isRefused(outcome) ? undefined : outcome;
}

function anything(world: World, account: Account, now: number): Performed | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const act = account.chance.weighted(account.provider.story.weights as Record<Act, number>);
    const outcome = perform(world, account, actCommand.parse({ act }), now, 'story');
    if (!isRefused(outcome)) return outcome;
  }
  return undefined;
}
