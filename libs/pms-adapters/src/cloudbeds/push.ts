import {
  PmsError,
  type AccountContext,
  type PushCommand,
  type Pushes,
  type PushOutcome,
  type PushPlan,
} from '@roomwire/pms-port';
import { planOf } from './requests.ts';
import { wirePushed } from './wire.ts';

/** A condition is always named: without one, Cloudbeds switches to the other. */
export const push: Pushes = {
  kinds: ['unit-status'],
  pushRequests: (commands, account) => commands.map((command, position) => planFor(command, position, account)),
  pushed,
};

function planFor(command: PushCommand, position: number, account: AccountContext): PushPlan {
  if (command.kind !== 'unit-status' || command.status === 'cleaning')
    throw new PmsError('invalid-request', { provider: 'cloudbeds', operation: 'push', detail: 'no such condition' });
  const { headers } = planOf('housekeeping', {}, account);
  const form = new URLSearchParams({ propertyID: account.account ?? '', roomID: command.unit, roomCondition: command.status });
  return {
    ...{ operation: 'push-unit-status', method: 'POST', path: '/postHousekeepingStatus', body: form.toString() },
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    ...{ carries: [position], idempotent: true },
  };
}

/** It is so when the answer says that it is so, of this room. */
function pushed({ body: sent }: PushPlan, body: unknown): PushOutcome[] {
  const asked = new URLSearchParams(sent);
  const { roomID, roomCondition } = wirePushed.parse(body).data;
  return [{ kind: roomID === asked.get('roomID') && roomCondition === asked.get('roomCondition') ? 'accepted' : 'unknown' }];
}
