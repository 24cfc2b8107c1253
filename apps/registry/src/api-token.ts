import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from '@roomwire/chassis';
import type { Tenant } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';

/** The tenant that an `Authorization: Bearer rw_<tenant>_<secret>` stands for. @throws {Problem} 401, never saying which part was wrong. */
export function tenantOfToken(authorization: string | undefined, tenants: Pick<KvTable<Tenant>, 'get'>): Tenant {
  const token = /^Bearer (rw_([a-z0-9-]{1,32})_[A-Za-z0-9_-]{43})$/.exec(authorization ?? '');
  const tenant = token ? tenants.get(token[2]!) : undefined;
  const hash = createHash('sha256')
    .update(token?.[1] ?? '')
    .digest();
  // Every hash is compared, in constant time: how long a refusal takes tells nothing.
  const fits = (tenant?.apiTokenHashes ?? []).map((known) => timingSafeEqual(Buffer.from(known, 'hex'), hash)).includes(true);
  if (!tenant || !fits)
    throw new Problem(401, 'unauthorised', 'expected "Authorization: Bearer <api token>" with a token that is in force');
  return tenant;
}
