import { Problem } from '@roomwire/chassis';
import { bearerOf, credentialOf, isInForce, parseApiToken, type Tenant } from '@roomwire/events';
import { issueTicket, readTicket, type Grant } from './core/ticket.ts';

/** What the gate needs of KV `tenants`. */
export type Tenants = {
  get(id: string): Tenant | undefined;
  /** @throws where it cannot be read */
  fromLeader(id: string): Promise<Tenant | undefined>;
};

export type Credentials = { authorization: string | undefined; ticket?: string | undefined };

/**
 * Who may watch which tenant. Unknown is not absent: a refusal is only said after a read from the leader, for a token may be
 * younger than what this process has watched; while that read fails, the answer is 503.
 */
export class Gate {
  readonly #tenants: Tenants;
  readonly #ticketKey: string;
  readonly #reads = new Map<string, Promise<Tenant | undefined>>();

  constructor(tenants: Tenants, ticketKey: string) {
    this.#tenants = tenants;
    this.#ticketKey = ticketKey;
  }

  /** @throws {Problem} 401 never saying what was wrong, 503 */
  async admit({ authorization, ticket }: Credentials, now: number): Promise<Grant> {
    const token = bearerOf(authorization);
    if (token !== undefined || ticket === undefined) return this.#admitToken(token ?? '');
    const grant = readTicket(ticket, this.#ticketKey, now);
    if (grant && (await this.#isGood(grant.tenant, (hashes) => isNamed(grant.credential, hashes)))) return grant;
    throw unauthorised('the ticket is not valid, or over: POST /v1/tickets makes a new one');
  }

  /** A ticket for whoever has a token; a ticket makes no further ones. @throws {Problem} 401, 503 */
  async ticket(authorization: string | undefined, now: number): Promise<{ ticket: string; expiresAt: string }> {
    return issueTicket(await this.admit({ authorization }, now), this.#ticketKey, now);
  }

  async #admitToken(text: string): Promise<Grant> {
    const token = parseApiToken(text);
    if (token && (await this.#isGood(token.tenant, (hashes) => isInForce(token.hash, hashes))))
      return { tenant: token.tenant, credential: credentialOf(token.hash) };
    throw unauthorised('expected "Authorization: Bearer <API token>" with a token that is in force');
  }

  async #isGood(id: string, test: (hashes: readonly string[]) => boolean): Promise<boolean> {
    const known = this.#tenants.get(id);
    if (known && test(known.apiTokenHashes)) return true;
    const tenant = await this.#read(id);
    return tenant !== undefined && test(tenant.apiTokenHashes);
  }

  /** Single flight per tenant: a flood of bad tokens is one read at a time. */
  async #read(id: string): Promise<Tenant | undefined> {
    const reading = this.#reads.get(id) ?? this.#tenants.fromLeader(id).finally(() => this.#reads.delete(id));
    this.#reads.set(id, reading);
    try {
      return await reading;
    } catch {
      throw new Problem(
        503,
        'catalogue-unavailable',
        'the token cannot be checked at the moment: try again in a few seconds',
        {},
        { 'retry-after': '2' },
      );
    }
  }
}

/** Whether the token that a ticket or a stream came from is still in force. */
export function isNamed(credential: string, hashes: readonly string[]): boolean {
  return hashes.some((hash) => credentialOf(hash) === credential);
}

function unauthorised(detail: string): Problem {
  return new Problem(401, 'unauthorised', detail, {}, { 'www-authenticate': 'Bearer realm="roomwire"' });
}
