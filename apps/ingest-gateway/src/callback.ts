import { VaultError, whoseIsState, type natsCodeDesk } from '@roomwire/vault-client';
import type { Callback, CallbackOutcome } from './callback-page.ts';
import type { Pace } from './core/pace.ts';

/** Takes to the vault what a person brings back from a provider. Nothing of it is kept or understood here. */
export class CallbackDesk {
  constructor(
    private readonly redeem: ReturnType<typeof natsCodeDesk>,
    /** Strangers may call: webhooks need the vault too. */
    private readonly pace: Pace,
    private readonly monotonic: () => number,
  ) {}

  async take({ state, code, error }: Callback): Promise<CallbackOutcome> {
    const whose = whoseIsState(state);
    const isAnswer = error !== undefined || code !== undefined;
    if (!whose || !isAnswer) return 'unknown-state';
    if (!this.pace.take(this.monotonic())) return 'busy';
    try {
      const refused = error !== undefined;
      const { outcome } = await this.redeem({ ...whose, state, refused, ...(refused ? {} : { code }) });
      return outcome;
    } catch (caught) {
      if (!(caught instanceof VaultError)) throw caught;
      // Whether there is such a connection, and whose, is for nobody to learn here.
      return caught.code === 'unavailable' ? 'unavailable' : 'unknown-state';
    }
  }
}
