/** What is measured: the floor or the fleet, up and idle. Data only, so that it can be told to the load's process. */
export type Door = {
  tenant: string;
  /** The provider's name for the account. */
  account: string;
  webhook: { url: string; headers: Record<string, string> };
  stream: { url: string; headers: Record<string, string> };
};

export type Process = { name: string; pid: number };

export type Running = AsyncDisposable & {
  name: 'floor' | 'fleet';
  doors: Door[];
  /** Whoever works for it, servers too; asked each time, since a supervisor may have started one again. */
  processes(): Process[];
  /** As an operator. */
  nats: { server: string; user: string; pass: string };
  /** Rooms that it was prepared for. */
  rooms: number;
  /** The last version that was told of every room; {@link measure} raises it. */
  version: number;
};
