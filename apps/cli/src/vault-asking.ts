import { VaultError } from '@roomwire/vault-client';
import { Failure } from './core/failure.ts';

/** What the vault answers; its refusals as what a person can do something about. @throws {Failure} */
export async function asking<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    // With a detail the vault itself has spoken: else the broker has.
    if (error.code === 'not-allowed' && error.message === 'vault: not-allowed')
      throw new Failure('refused', 'the vault does not answer this user', ['NATS_USER must be operator']);
    if (error.code !== 'unavailable') throw new Failure('refused', error.message);
    throw new Failure('unavailable', `the vault does not answer: ${error.message}`, ['is token-vault running and ready?']);
  }
}
