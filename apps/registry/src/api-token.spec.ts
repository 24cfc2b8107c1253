import { apiTokenHash, newApiToken, type Tenant } from '@roomwire/events';
import { tenantOfToken } from './api-token.ts';

const token = newApiToken('t1', new Uint8Array(32).fill(7));
const tenant = (hashes: string[]): Tenant => ({
  ...{ id: 't1', name: 'T1', status: 'active', apiTokenHashes: hashes },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
});
const tables = (known: Tenant | undefined, leader: Tenant | undefined | Error) => ({
  get: () => known,
  fromLeader: () => (leader instanceof Error ? Promise.reject(leader) : Promise.resolve(leader)),
});
const inForce = tenant([apiTokenHash(token)]);

describe('tenantOfToken', () => {
  it('answers the tenant of a token that is in force', async () => {
    await expect(tenantOfToken(`Bearer ${token}`, tables(inForce, new Error('not asked')))).resolves.toBe(inForce);
  });

  it('knows a token that is younger than the watch', async () => {
    await expect(tenantOfToken(`Bearer ${token}`, tables(tenant([]), inForce))).resolves.toBe(inForce);
    await expect(tenantOfToken(`Bearer ${token}`, tables(undefined, inForce))).resolves.toBe(inForce);
  });

  it.each([undefined, 'Bearer', `Basic ${token}`, `Bearer ${token}x`, `Bearer ${newApiToken('t1', new Uint8Array(32))}`])(
    'refuses %j',
    async (header) => {
      await expect(tenantOfToken(header, tables(inForce, inForce))).rejects.toMatchObject({ status: 401 });
    },
  );

  it('says that it cannot know where nobody can tell', async () => {
    await expect(tenantOfToken(`Bearer ${token}`, tables(undefined, new Error('down')))).rejects.toMatchObject({ status: 503 });
  });
});
