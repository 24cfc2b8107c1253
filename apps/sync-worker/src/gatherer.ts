import { HEADER_BYTES_MAX } from './core/together.ts';

/** Into which group a member goes, how many it takes, and how long it is open, ms. */
export type Gathering = { key: string; most: number; momentMs: number; bytes: number };
type Group<M, R> = { members: M[]; bytes: number; full: PromiseWithResolvers<void>; results: Promise<readonly R[]> };

/**
 * Members that are in hand together become one group, which is performed once. A group is open for a moment, or until it is full, or
 * for as long as the one of its key before it is being performed: the more there is to do, the larger groups become by themselves.
 */
export class Gatherer<M, R> {
  private readonly open = new Map<string, Group<M, R>>();
  /** By key, the end of the group that was begun last. */
  private readonly turns = new Map<string, Promise<unknown>>();

  /** `perform` answers for each member, in their order. */
  constructor(
    private readonly perform: (members: readonly M[]) => Promise<readonly R[]>,
    private readonly sleep: (ms: number) => Promise<unknown>,
  ) {}

  async join(member: M, gathering: Gathering): Promise<R> {
    if (gathering.most === 1) return (await this.perform([member]))[0]!;
    const group = this.groupFor(gathering);
    const place = group.members.push(member) - 1;
    group.bytes += gathering.bytes;
    if (group.members.length >= gathering.most) this.close(gathering.key, group);
    return (await group.results)[place]!;
  }

  private groupFor(gathering: Gathering): Group<M, R> {
    const { key, bytes } = gathering;
    const open = this.open.get(key);
    if (open && open.bytes + bytes <= HEADER_BYTES_MAX) return open;
    if (open) this.close(key, open);
    return this.begin(gathering);
  }

  private begin({ key, momentMs }: Gathering): Group<M, R> {
    const full = Promise.withResolvers<void>();
    const before = this.turns.get(key);
    const members: M[] = [];
    const group: Group<M, R> = { members, bytes: 0, full, results: Promise.resolve([]) };
    const gathered = Promise.race([this.sleep(momentMs), full.promise]).then(() => before);
    group.results = gathered.then(() => {
      this.close(key, group);
      return this.perform(members);
    });
    const ended = group.results
      .catch(() => undefined) // each member is told
      .then(() => {
        if (this.turns.get(key) === ended) this.turns.delete(key);
      });
    this.open.set(key, group);
    this.turns.set(key, ended);
    return group;
  }

  private close(key: string, group: Group<M, R>): void {
    if (this.open.get(key) === group) this.open.delete(key);
    group.full.resolve();
  }
}
