import { decrypt, encrypt } from './cipher.ts';
import { associatedData, formatSealed, ownKeyData, parseSealed, type Place, type Sealed } from './core/sealed.ts';

/** The value was altered, belongs elsewhere, or its key is not here. Which of them is not for anybody to know but the key's owner. */
export class Unopenable extends Error {
  override readonly name = 'Unopenable';
}

/** The keys that are in hand now. */
export interface Keys {
  /** @throws while there is none */
  active(): { id: string; bytes: Uint8Array };
  dataKey(id: string): Uint8Array | undefined;
  /** A key-encryption key, for values that have a data key of their own. */
  kek(id: string): Uint8Array | undefined;
}

/** Seals under the active data key, opens under whichever a value names. */
export class Keeper {
  constructor(private readonly keys: Keys) {}

  seal(value: unknown, place: Place): string {
    return this.box(Buffer.from(JSON.stringify(value)), place);
  }

  /** @throws {Unopenable} */
  open(text: string, place: Place): unknown {
    return JSON.parse(this.plain(text, place).toString()) as unknown;
  }

  /** The same value under the active key; undefined where it is that already. @throws {Unopenable} */
  resealed(text: string, place: Place): string | undefined {
    return this.isCurrent(text) ? undefined : this.box(this.plain(text, place), place);
  }

  isCurrent(text: string): boolean {
    const sealed = parseSealed(text);
    return sealed?.version === 'rw2' && sealed.keyId === this.keys.active().id;
  }

  private box(plain: Buffer, place: Place): string {
    const { id, bytes } = this.keys.active();
    const sealed: Sealed = { version: 'rw2', keyId: id, box: new Uint8Array() };
    const box = encrypt(bytes, plain, associatedData(sealed, place));
    plain.fill(0);
    return formatSealed({ ...sealed, box });
  }

  private plain(text: string, place: Place): Buffer {
    const sealed = parseSealed(text);
    if (!sealed) throw new Unopenable('not a sealed value');
    const key = sealed.version === 'rw2' ? this.keys.dataKey(sealed.keyId) : this.keys.kek(sealed.keyId);
    if (!key) throw new Unopenable('sealed under a key that is not here');
    try {
      const own = sealed.version === 'rw2' ? key : decrypt(key, sealed.wrappedKey, ownKeyData(sealed.keyId, place));
      return decrypt(own, sealed.box, associatedData(sealed, place));
    } catch {
      throw new Unopenable('altered, or sealed for another place');
    }
  }
}
