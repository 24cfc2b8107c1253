import { createHash } from 'node:crypto';
import type { Tenant } from '@roomwire/events';
import { Gate, type Tenants } from './gate.ts';

const token = `rw_t1_${'a'.repeat(43)}`;
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const tenantWith = (...tokens: string[]): Tenant => ({
  id: 't1',
  name: 'T1',
  status: 'active',
  apiTokenHashes: tokens.map(hash),
  defaults: { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' },
});
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

/** KV `tenants` as this process has watched it, and as the leader has it. */
function tenants(watched: Tenant | undefined, leader: Tenant | undefined | 'down'): Tenants & { reads: number } {
  const table = {
    reads: 0,
    get: (id: string) => (id === watched?.id ? watched : undefined),
    fromLeader: async (id: string) => {
      table.reads += 1;
      if (leader === 'down') throw new Error('no leader');
      return id === leader?.id ? leader : undefined;
    },
  };
  return table;
}
const gateOf = (table: Tenants) => new Gate(table, 'k'.repeat(32));

describe('Gate', () => {
  it('admits a known token without asking anybody', async () => {
    const table = tenants(tenantWith(token), 'down');

    expect(await gateOf(table).admit(bearer(token), 0)).toEqual({ tenant: 't1', credential: hash(token).slice(0, 16) });
    expect(table.reads).toBe(0);
  });

  it('admits a token that only the leader knows yet', async () => {
    expect(await gateOf(tenants(undefined, tenantWith(token))).admit(bearer(token), 0)).toMatchObject({ tenant: 't1' });
    expect(await gateOf(tenants(tenantWith(), tenantWith(token))).admit(bearer(token), 0)).toMatchObject({ tenant: 't1' });
  });

  it('refuses with a challenge what the leader does not know either', async () => {
    const gate = gateOf(tenants(tenantWith(token), tenantWith(token)));

    for (const wrong of [
      bearer(`rw_t1_${'b'.repeat(43)}`),
      bearer(`rw_t2_${'a'.repeat(43)}`),
      bearer('x'),
      { authorization: undefined },
    ])
      await expect(gate.admit(wrong, 0)).rejects.toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="roomwire"' },
      });
  });

  it('says 503 and not 401 while the leader cannot be read: unknown is not absent', async () => {
    await expect(gateOf(tenants(undefined, 'down')).admit(bearer(token), 0)).rejects.toMatchObject({ status: 503 });
  });

  it('asks the leader once for a flood of bad tokens', async () => {
    const table = tenants(undefined, undefined);
    const gate = gateOf(table);

    await Promise.allSettled(Array.from({ length: 50 }, () => gate.admit(bearer(token), 0)));

    expect(table.reads).toBe(1);
  });

  it('makes tickets that stand for the token, end after a minute, and fall with it', async () => {
    const known = tenantWith(token);
    const gate = gateOf(tenants(known, known));
    const { ticket } = await gate.ticket(`Bearer ${token}`, 0);

    expect(await gate.admit({ authorization: undefined, ticket }, 59_999)).toMatchObject({ tenant: 't1' });
    await expect(gate.admit({ authorization: undefined, ticket }, 60_000)).rejects.toMatchObject({ status: 401 });
    const withdrawn = gateOf(tenants(tenantWith(), tenantWith()));
    await expect(withdrawn.admit({ authorization: undefined, ticket }, 0)).rejects.toMatchObject({ status: 401 });
  });

  it('makes no ticket for a ticket', async () => {
    const known = tenantWith(token);
    const gate = gateOf(tenants(known, known));
    const { ticket } = await gate.ticket(`Bearer ${token}`, 0);

    await expect(gate.ticket(`Bearer ${ticket}`, 0)).rejects.toMatchObject({ status: 401 });
  });
});
