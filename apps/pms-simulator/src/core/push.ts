import { actCommand, type ActRequest } from './act-command.ts';
import { isRefused, sceneOf, type Done, type Refused, type Scene } from './act-scene.ts';
import { perform, written } from './perform.ts';
import type { Call } from './route.ts';
import type { ActRecord } from './world.ts';

/** A write over the API is an act like any other: the world, the ledger and the webhooks have it alike. `silent`: no webhook goes. */
export function pushed(call: Call, command: ActRequest): ActRecord | Refused {
  const { world, account, now, deliveries } = call;
  const outcome = perform(world, account, actCommand.parse(command), now, 'api');
  if (isRefused(outcome)) return outcome;
  deliveries.push(...outcome.deliveries);
  return outcome.record;
}

/** The same for what has no act of its own. */
export function pushedAs(call: Call, act: string, deed: (scene: Scene) => Done, silent = false): ActRecord {
  const { world, account, now, deliveries } = call;
  const done = deed(sceneOf(account, actCommand.parse({ act: 'resend' }), now, false));
  const outcome = written({ world, account, now, by: 'api', act, silent }, done);
  deliveries.push(...outcome.deliveries);
  return outcome.record;
}
