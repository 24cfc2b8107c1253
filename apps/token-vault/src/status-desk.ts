import {
  statusRequest,
  type ConnectionStatus,
  type StatusPage,
  type StatusReply,
  type StatusRequest,
} from '@roomwire/vault-client';
import type { VaultEntry } from './core/entry.ts';
import { parseSealed, sealedFieldsOf } from './core/sealed.ts';
import { standingOf, whyOf } from './core/standing.ts';
import { token } from './core/token.ts';
import { Unopenable } from './keeper.ts';
import { throughDoor, type DoorParts } from './operator-door.ts';
import { idleLifeOf, isGranting } from './refresher.ts';
import type { Entries } from './reseal.ts';
import type { Shell } from './shell.ts';

/** Some hundred bytes each, in an answer of at most a megabyte. */
const PAGE = 500;

export type StatusDeskParts = DoorParts & Pick<Shell, 'store' | 'keeper' | 'operationsOf' | 'now'> & { entries: Entries };

/** Tells the operator how credentials stand. Opens a token for its end alone, and tells nothing else of what is sealed. */
export class StatusDesk {
  constructor(private readonly parts: StatusDeskParts) {}

  answer(subject: string, body: unknown): Promise<StatusReply> {
    const asked = { operation: 'status', subject, body, schema: statusRequest };
    return throughDoor(this.parts, asked, (_caller, request) => this.page(request));
  }

  private async page({ connection, from }: StatusRequest): Promise<StatusPage> {
    if (connection !== undefined) {
      const { entry } = await this.parts.store.read(connection);
      return { connections: entry ? [this.statusOf(entry)] : [], next: null };
    }
    const connections: ConnectionStatus[] = [];
    for await (const { entry, revision } of this.parts.entries(from)) {
      if (entry) connections.push(this.statusOf(entry));
      if (connections.length === PAGE) return { connections, next: revision + 1 };
    }
    return { connections, next: null };
  }

  private statusOf(entry: VaultEntry): ConnectionStatus {
    const { tenant, connection, provider, since, coolUntil, lease, usedAt } = entry;
    const operations = this.parts.operationsOf(provider);
    const idleLifeMs = idleLifeOf(this.parts, provider);
    const end = this.endOf(entry);
    return {
      ...{ tenant, connection, provider, kind: operations?.kind ?? null, lease, keys: keysOf(entry) },
      state: end === 'unreadable' ? 'unreadable' : standingOf(entry),
      since: since || null,
      why: whyOf(entry),
      retryAt: coolUntil > this.parts.now() ? coolUntil : null,
      tokenUntil: end === 'unreadable' || (operations && !isGranting(operations)) ? null : end,
      refreshUntil: idleLifeMs && usedAt && entry.credentials ? usedAt + idleLifeMs : null,
    };
  }

  /** Of the token in hand; null where there is none. */
  private endOf({ tenant, connection, token: sealed }: VaultEntry): number | null | 'unreadable' {
    if (!sealed) return null;
    try {
      return token.parse(this.parts.keeper.open(sealed, { tenant, connection, field: 'token' })).expiresAt;
    } catch (error) {
      if (error instanceof Unopenable) return 'unreadable';
      throw error;
    }
  }
}

function keysOf(entry: VaultEntry): string[] {
  const named = sealedFieldsOf(entry).map(({ text }) => {
    const sealed = parseSealed(text);
    return sealed?.version === 'rw2' ? sealed.keyId : 'its own';
  });
  return [...new Set(named)];
}
