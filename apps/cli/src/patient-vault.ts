import { VaultError, type VaultClient } from '@roomwire/vault-client';

const TRIES = 20;
const PAUSE_MS = 500;

/** The vault may be starting beside us, or not know yet of the connection that was just made: ten seconds of patience. */
export function patientVault(vault: VaultClient, pause: (ms: number) => Promise<void> = sleep): VaultClient {
  const patiently = async (call: () => Promise<void>): Promise<void> => {
    for (let left = TRIES; ; left -= 1) {
      try {
        return await call();
      } catch (error) {
        if (left === 1 || !(error instanceof VaultError && (error.code === 'unavailable' || error.code === 'unknown-connection')))
          throw error;
        await pause(PAUSE_MS);
      }
    }
  };
  return {
    ...vault,
    putCredentials: (put) => patiently(() => vault.putCredentials(put)),
    putWebhookSecret: (put) => patiently(() => vault.putWebhookSecret(put)),
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
