import { Problem } from '@roomwire/chassis';
import { bearerOf, isInForce, parseApiToken, type Tenant } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';

export type Tenants = Pick<KvTable<Tenant>, 'get' | 'fromLeader'>;

/**
 * The tenant whose API token an `Authorization` header holds. Unknown is not absent: a refusal is only said after a read from the
 * leader, for a token may be younger than what this process has watched. @throws {Problem} 401 never saying what was wrong, 503
 */
export async function tenantOfToken(authorization: string | undefined, tenants: Tenants): Promise<Tenant> {
  const token = parseApiToken(bearerOf(authorization) ?? '');
  const known = token && tenants.get(token.tenant);
  if (known && isInForce(token.hash, known.apiTokenHashes)) return known;
  const tenant = token && (await fromLeader(token.tenant, tenants));
  if (tenant && isInForce(token.hash, tenant.apiTokenHashes)) return tenant;
  const detail = 'expected "Authorization: Bearer <API token>" with a token that is in force';
  throw new Problem(401, 'unauthorised', detail, {}, { 'www-authenticate': 'Bearer realm="roomwire"' });
}

async function fromLeader(id: string, tenants: Tenants): Promise<Tenant | undefined> {
  try {
    return await tenants.fromLeader(id);
  } catch {
    const detail = 'the token cannot be checked at the moment: try again in a few seconds';
    throw new Problem(503, 'catalogue-unavailable', detail, {}, { 'retry-after': '2' });
  }
}
