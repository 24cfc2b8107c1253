import { TransientMap } from '@roomwire/collections';

/**
 * Members of one key that come in one turn of the event loop are performed together, once. Nobody is waited for: whoever comes alone
 * is performed alone. What cannot be done together is tried one by one, so that a member fails by its own fault only.
 */
export class InOneTurn<M, R> {
  private readonly open = new TransientMap<string, { member: M; done: PromiseWithResolvers<R> }[]>();

  /** `perform` answers for each member, in their order. */
  constructor(private readonly perform: (members: readonly M[]) => Promise<readonly R[]>) {}

  join(key: string, member: M): Promise<R> {
    const done = Promise.withResolvers<R>();
    const group = this.open.get(key);
    if (group) group.push({ member, done });
    else {
      this.open.set(key, [{ member, done }]);
      // After all that is ready to run now, and before any waiting for the network.
      process.nextTick(() => void this.close(key));
    }
    return done.promise;
  }

  private async close(key: string): Promise<void> {
    const group = this.open.get(key)!;
    this.open.delete(key);
    try {
      const results = await this.perform(group.map(({ member }) => member));
      group.forEach(({ done }, at) => done.resolve(results[at]!));
    } catch (error) {
      if (group.length === 1) return group[0]!.done.reject(error);
      for (const { member, done } of group) this.perform([member]).then(([result]) => done.resolve(result!), done.reject);
    }
  }
}
