import { erasedTenant, tenant as tenantSchema, tenantId, type ErasedTenant } from '@roomwire/events';
import { Bus, BusError, removeTenant } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { removeKeys, rollUp, standOf } from './connection-removal.ts';
import { Failure } from './core/failure.ts';
import { askRegistry } from './memory-eraser.ts';
import type { Session } from './session.ts';
import { connectionsOf, messagesOn } from './tenant-export.ts';
import { noTenant } from './tenant.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type Erasing = { confirm: string; reason: string; by?: string; json?: boolean };

/** Longer than a handler may take, and than a service takes to drain: what was in hand at the pause has ended. */
const QUIET_MS = 40_000;

/**
 * Removes all that Roomwire holds of a tenant. May be run again at any time, and goes on where it was cut short. Order: first the
 * tenant's key, by which services attach and tokens are known; connections before their secrets, or a secret could be put again;
 * streams before Redis, which is rebuilt from them; the catalogue after Redis, since it carries the asking. What is left is the
 * deletion of the tenant's key, which says who, when and why.
 */
export async function eraseTenant({ nc }: Session, id: string, options: Erasing, terminal: Terminal): Promise<void> {
  if (options.confirm !== id) throw new Failure('usage', '--confirm has to repeat the tenant’s id');
  if (!tenantId.safeParse(id).success) throw noTenant(id);
  await allTenants(nc);
  await answering(async () => {
    const erasing = new TenantErasure(nc, id, terminal);
    const begun = await erasing.begin(options);
    await erasing.removeConnections(begun.connections);
    await erasing.removeStreams();
    await askRegistry(nc, id, (told) => erasing.tell(told));
    await erasing.removeCatalogue();
    await erasing.sweepMarkers(begun.connections);
    await erasing.requireNothingLeft(begun.connections);
    await erasing.mark({ ...begun, erased: 'ended', endedAt: new Date(terminal.now()).toISOString() });
  });
  terminal.out(options.json ? `${JSON.stringify({ tenant: id, erased: true })}\n` : `${id} is erased: nothing is left of it\n`);
}

class TenantErasure {
  private readonly bus: Bus;

  constructor(
    private readonly nc: Session['nc'],
    private readonly id: string,
    private readonly terminal: Terminal,
  ) {
    this.bus = new Bus(nc);
  }

  tell(what: string): void {
    this.terminal.err(`${this.id}: ${what}\n`);
  }

  /** From then on nobody attaches to it, and no token of it is in force. What was begun before goes on under its first reason. */
  async begin(options: Erasing): Promise<ErasedTenant> {
    const last = await this.bus.lastOnLeader('KV_tenants', `$KV.tenants.${this.id}`);
    const body: unknown = last && last.data.length > 0 ? JSON.parse(new TextDecoder().decode(last.data)) : undefined;
    const begun = erasedTenant.safeParse(body);
    if (begun.success) return begun.data;
    const held = tenantSchema.safeParse(body);
    if (!last || !held.success) throw noTenant(this.id);
    if (held.data.status !== 'paused')
      throw new Failure('refused', `${this.id} is ${held.data.status}`, [`first: roomwire tenant pause ${this.id}`]);
    const waitMs = last.time.getTime() + QUIET_MS - this.terminal.now();
    if (waitMs > 0)
      throw new Failure('refused', `${this.id} was paused a moment ago: what was in hand may not have ended`, [
        `run it again in ${Math.ceil(waitMs / 1000)} s`,
      ]);
    const connections = (await connectionsOf(this.nc, this.id)).map(({ id }) => id);
    const at = new Date(this.terminal.now()).toISOString();
    // In the installation's trail: it is there when nothing of the tenant is.
    await audit(this.bus, this.id, 'tenant', { action: 'erase', by: byOf(options, this.terminal), reason: options.reason });
    const note: ErasedTenant = { erased: 'begun', connections, by: byOf(options, this.terminal), reason: options.reason, at };
    try {
      await this.mark(note, last.seq);
    } catch (error) {
      if (!(error instanceof BusError) || error.code !== 'conflict') throw error;
      throw new Failure('refused', `somebody else changed the tenant ${this.id} at the same time`, ['run it again']);
    }
    this.tell('begun');
    return note;
  }

  async mark(note: ErasedTenant, expectLast?: number): Promise<void> {
    await rollUp(this.bus, `$KV.tenants.${this.id}`, note, expectLast);
  }

  async removeConnections(connections: readonly string[]): Promise<void> {
    const jsm = await this.bus.jsm();
    await jsm.streams.purge('KV_sync', { filter: this.replays });
    for (const connection of connections) await removeKeys(this.bus, connection);
    this.tell(`${connections.length} connections and their secrets removed`);
  }

  async removeStreams(): Promise<void> {
    this.tell(`${await removeTenant(this.nc, this.id)} streams removed`);
  }

  async removeCatalogue(): Promise<void> {
    let count = 0;
    for await (const { subject, data } of messagesOn(this.bus, 'KV_catalog', this.catalogue)) {
      if (data.length === 0) continue;
      await rollUp(this.bus, subject);
      count += 1;
    }
    this.tell(`${count} entries of the catalogue removed`);
  }

  /** Deletions have told who watches; by their keys they still name the tenant's houses and doors. */
  async sweepMarkers(connections: readonly string[]): Promise<void> {
    const jsm = await this.bus.jsm();
    await jsm.streams.purge('KV_catalog', { filter: this.catalogue });
    for (const connection of connections) await jsm.streams.purge('KV_connections', { filter: `$KV.connections.${connection}` });
  }

  /** Redis' part was checked by the registry: its last answer was that nothing was left. */
  async requireNothingLeft(connections: readonly string[]): Promise<void> {
    const jsm = await this.bus.jsm();
    const left: string[] = [];
    for await (const name of jsm.streams.names(`pms.${this.id}.>`)) left.push(`stream ${name}`);
    for (const { id } of await connectionsOf(this.nc, this.id)) left.push(`connection ${id}`);
    const places = [
      ['KV_catalog', this.catalogue],
      ['KV_sync', this.replays],
      ...connections.flatMap((id) => [
        ['KV_connections', `$KV.connections.${id}`],
        ['KV_vault', `$KV.vault.${id}`],
        ...standOf(id).map((filter) => ['KV_sync', filter]),
      ]),
    ] as const;
    for (const [stream, filter] of places) if (await this.bus.nextOn(stream, filter, 1)) left.push(filter);
    if (left.length > 0) throw new Failure('refused', `${this.id}: some of it is there again`, [...left, 'run it again']);
    this.tell('looked through: no stream, no key and no secret is left');
  }

  private get replays(): string {
    return `$KV.sync.replay.${this.id}.>`;
  }

  private get catalogue(): string {
    return `$KV.catalog.${this.id}.>`;
  }
}
