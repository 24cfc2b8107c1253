import type { Hook, SocketState } from '@roomwire/events';
import { hostaway, mews } from '@roomwire/pms-adapters';
import { drainOf } from '../testing/drain.ts';
import { addressesOf, changedAt, driftOf, mayMiss } from './webhook-health.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

describe('drift: changes that polls have found beyond the last webhook', () => {
  it.each([
    ['nothing was ever found', undefined, NOW - 99 * MINUTE, 0],
    ['a webhook came after the change', NOW - 10 * MINUTE, NOW - 9 * MINUTE, 0],
    ['one came shortly before: its stamp may be early, our clock late', NOW - 10 * MINUTE, NOW - 12 * MINUTE, 0],
    ['the change is so young that its webhook may be on its way', NOW - 2 * MINUTE, NOW - 99 * MINUTE, 0],
    ['none came since', NOW - 10 * MINUTE, NOW - 22 * MINUTE, 10 * MINUTE],
    ['none came by a hair', NOW - 2 * MINUTE - 1, NOW - 5 * MINUTE, MINUTE - 1],
  ])('%s', (_title, changed, heardAt, drift) => {
    expect(driftOf({ changed, heardAt, now: NOW })).toBe(drift);
  });
});

describe('when the provider last changed a stay', () => {
  const at = (micros: number) =>
    drainOf({ last: { endedAt: NOW, pages: 1, items: 1, problem: null, mark: { newest: micros, rest: '0' } } });

  it('is what the latest round of any list with stays has found', () => {
    expect(changedAt(hostaway, (list) => (list === 'reservations' ? at(NOW * 1_000) : undefined))).toBe(NOW);
    expect(changedAt(hostaway, (list) => (list === 'reservations' ? undefined : at(NOW * 1_000)))).toBeUndefined();
    expect(changedAt(mews, () => at(NOW * 1_000))).toBe(NOW);
  });

  it('is not known before a round has ended, or where nothing bears a stamp', () => {
    expect(changedAt(hostaway, () => drainOf())).toBeUndefined();
    expect(changedAt(hostaway, () => at(0))).toBeUndefined();
  });
});

describe('the address of a connection’s webhooks', () => {
  const { url, isOurs } = addressesOf(['https://hooks.example.com/', 'https://old.example.com/rw'], {
    provider: 'mews',
    id: 'c1',
  });

  it('is below the public address of the gateways', () => expect(url).toBe('https://hooks.example.com/v1/webhooks/mews/c1'));

  it.each([
    ['https://hooks.example.com/v1/webhooks/mews/c1', true],
    ['https://hooks.example.com/v1/webhooks/mews/c1?key=old', true],
    ['https://old.example.com/rw/v1/webhooks/mews/c1', true],
    ['https://hooks.example.com/v1/webhooks/mews/c11', false],
    ['https://hooks.example.com/v1/webhooks/mews/c2', false],
    ['https://hooks.example.com.evil.example/v1/webhooks/mews/c1', false],
    ['https://others.example/v1/webhooks/mews/c1', false],
    ['', false],
  ])('knows %s: %s', (other, ours) => expect(isOurs(other)).toBe(ours));
});

describe('whether something may be missed', () => {
  const hook: Hook = {
    ...{ tenant: 't1', provider: 'mews', connection: 'c1', since: 0, dueAt: 0, goodAt: null, mendedAt: null, problem: null },
    silentSince: null,
  };
  const socket: SocketState = {
    ...{ tenant: 't1', provider: 'mews', connection: 'c1', holder: 'w', renewedAt: NOW, openSince: NOW, closedSince: null },
    problem: null,
  };
  it.each<[string, boolean, Hook | undefined, SocketState | undefined, number]>([
    ['nobody watches anything', false, undefined, undefined, NOW],
    ['webhooks come, and there is no socket', false, hook, undefined, NOW],
    ['webhooks do not come', true, { ...hook, silentSince: NOW }, { ...socket }, NOW + 1],
    ['the socket is closed', true, hook, { ...socket, openSince: null, closedSince: NOW }, NOW + 1],
    ['the socket was never open', false, hook, { ...socket, openSince: null }, NOW + 1],
    ['the socket was opened after the last poll', true, hook, socket, NOW],
    ['a poll has looked since the socket was opened', false, hook, socket, NOW + 1],
  ])('%s: %s', (_title, expected, of, its, polledAt) => {
    expect(mayMiss(of, its, polledAt)).toBe(expected);
  });
});
