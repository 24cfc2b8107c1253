import { eventually, testClock } from '@roomwire/testkit';
import { VaultError } from '@roomwire/vault-client';
import { SecretBook, type From } from './secret-book.ts';

const whose = { tenant: 't1', connection: 'c1' };
const one = [{ key: 'placeholder-one' }];
const two = [{ key: 'placeholder-two' }];
const HOUR = 3_600_000;

/** A vault that the test answers for: `secrets`, or an error to throw. */
function bench(staleMsMax = HOUR) {
  const clock = testClock(0);
  const vault = { answer: one as { key: string }[] | VaultError, asked: 0, held: undefined as Promise<void> | undefined };
  const froms: From[] = [];
  const webhookSecrets = async () => {
    vault.asked++;
    await vault.held;
    if (vault.answer instanceof VaultError) throw vault.answer;
    return { secrets: vault.answer, validForMs: 60_000 };
  };
  const book = new SecretBook({ webhookSecrets }, staleMsMax, clock, (from) => froms.push(from));
  return { clock, vault, froms, book };
}
const down = new VaultError('unavailable');

describe('SecretBook.secrets', () => {
  it('asks once for as long as the vault vouches for the answer', async () => {
    const { book, vault, clock, froms } = bench();

    await Promise.all([book.secrets(whose), book.secrets(whose)]);
    await clock.advance(59_999);
    expect(await book.secrets(whose)).toEqual(one);
    expect(vault.asked).toBe(1);

    await clock.advance(1);
    vault.answer = two;
    expect(await book.secrets(whose)).toEqual(two);
    expect(froms).toEqual(['fetched', 'fetched', 'cached', 'fetched']);
  });

  it('goes on with the last known while the vault is down, and only so long', async () => {
    const { book, vault, clock } = bench();
    await book.secrets(whose);
    vault.answer = down;

    await clock.advance(60_000);
    expect(await book.secrets(whose)).toEqual(one);
    await clock.advance(HOUR - 60_000 - 1);
    expect(await book.secrets(whose)).toEqual(one);
    await clock.advance(1);
    expect(await book.secrets(whose)).toBeUndefined();
  });

  it('lets nobody wait for a vault that is known to be down, and notices its return', async () => {
    const { book, vault, clock, froms } = bench();
    await book.secrets(whose);
    vault.answer = down;
    await clock.advance(60_000);
    await book.secrets(whose);
    await clock.advance(1_000);
    vault.held = new Promise(() => undefined);

    expect(await book.secrets(whose)).toEqual(one);
    expect(vault.asked).toBe(3);
    expect(await book.secrets(whose)).toEqual(one);
    expect(vault.asked).toBe(3);
    expect(froms.slice(1)).toEqual(['stale', 'stale', 'stale']);
  });

  it('uses the new ones once the vault is back', async () => {
    const { book, vault, clock } = bench();
    await book.secrets(whose);
    vault.answer = down;
    await clock.advance(60_000);
    await book.secrets(whose);

    vault.answer = two;
    await clock.advance(1_000);
    await book.secrets(whose);
    await new Promise(setImmediate);

    expect(await book.secrets(whose)).toEqual(two);
  });

  it('knows nothing where nothing was ever heard', async () => {
    const { book, vault } = bench();
    vault.answer = down;

    expect(await book.secrets(whose)).toBeUndefined();
  });

  it('takes "nothing is set" for an answer, for a short time', async () => {
    const { book, vault, clock } = bench();
    vault.answer = new VaultError('no-secret');

    expect(await book.secrets(whose)).toEqual([]);
    vault.answer = one;
    await clock.advance(5_000);
    expect(await book.secrets(whose)).toEqual(one);
  });
});

describe('SecretBook.secretsSince', () => {
  it('asks again before anybody is called forged', async () => {
    const { book, vault, clock } = bench();
    await book.secrets(whose);
    await clock.advance(5_000);
    vault.answer = two;

    expect(await book.secretsSince(whose, clock.now())).toEqual(two);
    expect(vault.asked).toBe(2);
  });

  it('asks at most once a second, and answers everybody that waits', async () => {
    const { book, vault, clock } = bench();
    await book.secrets(whose);
    await clock.advance(100);
    vault.answer = two;

    const waiting = Promise.all([book.secretsSince(whose, 50), book.secretsSince(whose, 100)]);
    await clock.advance(899);
    expect(vault.asked).toBe(1);
    await clock.advance(1);

    expect(await waiting).toEqual([two, two]);
    expect(vault.asked).toBe(2);
  });

  it('does not take an answer that was asked for before', async () => {
    const { book, vault, clock } = bench();
    let answerFirst = (): void => undefined;
    vault.held = new Promise((resolve) => (answerFirst = resolve));
    const first = book.secrets(whose);
    await eventually(() => expect(vault.asked).toBe(1));
    await clock.advance(10);

    const second = book.secretsSince(whose, clock.now());
    answerFirst();
    await first;
    vault.answer = two;
    await clock.advance(1_000);

    expect(await second).toEqual(two);
  });

  it('knows nothing while the vault is down, and lets only so many wait', async () => {
    const { book, vault, clock } = bench();
    await book.secrets(whose);
    await clock.advance(10);
    vault.answer = down;

    const waiting = Array.from({ length: 20 }, () => book.secretsSince(whose, clock.now()));
    expect(await Promise.all(waiting.slice(16))).toEqual(Array(4).fill(undefined));
    await clock.advance(1_000);

    expect(await Promise.all(waiting)).toEqual(Array(20).fill(undefined));
    expect(vault.asked).toBe(2);
  });
});
