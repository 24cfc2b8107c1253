import type { Log } from '@roomwire/telemetry';
import { keyRequests, type KeyOperation, type KeyReply, type KeyRequest, type KeysReport } from '@roomwire/vault-client';
import type { Auditor } from './auditor.ts';
import type { Caretaker } from './caretaker.ts';
import { callerOf } from './core/access.ts';
import type { RateLimit } from './core/rate-limit.ts';
import type { Figures } from './figures.ts';
import type { KeyCabinet } from './key-cabinet.ts';
import { countByKey, type Entries } from './reseal.ts';

export type KeyDeskParts = {
  cabinet: Pick<KeyCabinet, 'refresh'>;
  caretaker: Pick<Caretaker, 'rotate' | 'look'>;
  entries: Entries;
  auditor: Pick<Auditor, 'asked' | 'refused'>;
  limit: RateLimit;
  figures: Figures;
  log: Log;
  monotonic: () => number;
};

const ONLY_CALLER = 'operator';

/** What the operator asks about keys. None of it touches a credential; names of keys are no secret. */
export class KeyDesk {
  constructor(private readonly parts: KeyDeskParts) {}

  async answer(operation: KeyOperation, subject: string, body: unknown): Promise<KeyReply> {
    const { auditor, limit, figures, log, monotonic } = this.parts;
    const caller = callerOf(subject);
    const retryAfterMs = limit.waitMs(caller, monotonic());
    if (retryAfterMs > 0) {
      figures.limited(operation);
      return { error: { code: 'unavailable', detail: 'too many requests', retryAfterMs } };
    }
    const parsed = keyRequests[operation].safeParse(body);
    if (caller !== ONLY_CALLER || !parsed.success) {
      await auditor.refused({ operation, caller }, 'not-allowed');
      figures.answered(operation, 'not-allowed');
      return { error: { code: 'not-allowed' } };
    }
    try {
      if (operation === 'rotate-keys') await this.rotate(caller, parsed.data as KeyRequest<'rotate-keys'>);
      const value = await this.report();
      figures.answered(operation, 'ok');
      return { value };
    } catch (error) {
      log.error({ operation, caller, err: error }, 'the vault could not answer');
      figures.answered(operation, 'unavailable');
      return { error: { code: 'unavailable' } };
    }
  }

  /** Answers when there is a new key; the entries follow in the background. */
  private async rotate(caller: string, { by, reason }: KeyRequest<'rotate-keys'>): Promise<void> {
    await this.parts.auditor.asked({ operation: 'rotate-keys', caller, by, ...(reason === undefined ? {} : { reason }) });
    await this.parts.caretaker.rotate();
    void this.parts.caretaker.look();
  }

  /** From the bucket itself: whichever replica is asked says the same. */
  private async report(): Promise<KeysReport> {
    const { keys } = await this.parts.cabinet.refresh();
    const { connections, values } = await countByKey(this.parts.entries);
    const known = keys.map(({ id, kek, madeAt }, index) => ({
      id,
      active: index === 0,
      kek,
      madeAt,
      values: values.get(id) ?? 0,
    }));
    const all = [...values.values()].reduce((sum, count) => sum + count, 0);
    return { keys: known, connections, others: all - known.reduce((sum, key) => sum + key.values, 0) };
  }
}
