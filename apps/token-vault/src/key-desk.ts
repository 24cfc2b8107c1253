import { keyRequests, type KeyOperation, type KeyReply, type KeyRequest, type KeysReport } from '@roomwire/vault-client';
import type { Caretaker } from './caretaker.ts';
import type { KeyCabinet } from './key-cabinet.ts';
import { throughDoor, type DoorParts } from './operator-door.ts';
import { countByKey, type Entries } from './reseal.ts';

export type KeyDeskParts = DoorParts & {
  cabinet: Pick<KeyCabinet, 'refresh'>;
  caretaker: Pick<Caretaker, 'rotate' | 'look'>;
  entries: Entries;
};

/** What the operator asks about keys. None of it touches a credential; names of keys are no secret. */
export class KeyDesk {
  constructor(private readonly parts: KeyDeskParts) {}

  answer(operation: KeyOperation, subject: string, body: unknown): Promise<KeyReply> {
    const asked = { operation, subject, body, schema: keyRequests[operation] };
    return throughDoor<KeyRequest<KeyOperation>, KeysReport>(this.parts, asked, async (caller, request) => {
      if (operation === 'rotate-keys') await this.rotate(caller, request as KeyRequest<'rotate-keys'>);
      return this.report();
    });
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
