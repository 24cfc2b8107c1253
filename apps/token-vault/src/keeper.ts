import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KEY_BYTES, type KeyRing } from './core/key-ring.ts';
import { associatedData, formatSealed, parseSealed, type Place } from './core/sealed.ts';

const CIPHER = 'aes-256-gcm';
/** 96 bits, drawn for each box. A data key seals one value only; a key-encryption key is good for 2^32 of them. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The value was altered, belongs elsewhere, or its key is not in the ring. Which of them is not for anybody to know but the key's owner. */
export class Unopenable extends Error {
  override readonly name = 'Unopenable';
}

/** AES-256-GCM under a fresh data key for each value, which is wrapped by the ring's active key. */
export class Keeper {
  constructor(private readonly ring: KeyRing) {}

  seal(value: unknown, place: Place): string {
    const keyId = this.ring.active;
    const dataKey = randomBytes(KEY_BYTES);
    const wrappedKey = encrypt(this.ring.keys.get(keyId)!, dataKey, associatedData('key', keyId, place));
    const box = encrypt(dataKey, Buffer.from(JSON.stringify(value)), associatedData('box', keyId, place));
    dataKey.fill(0);
    return formatSealed({ keyId, wrappedKey, box });
  }

  /** @throws {Unopenable} */
  open(text: string, place: Place): unknown {
    const sealed = parseSealed(text);
    if (!sealed) throw new Unopenable('not a sealed value');
    const key = this.ring.keys.get(sealed.keyId);
    if (!key) throw new Unopenable('sealed under a key that is not in the ring');
    let dataKey: Buffer | undefined;
    try {
      dataKey = decrypt(key, sealed.wrappedKey, associatedData('key', sealed.keyId, place));
      return JSON.parse(decrypt(dataKey, sealed.box, associatedData('box', sealed.keyId, place)).toString()) as unknown;
    } catch {
      throw new Unopenable('altered, or sealed for another place');
    } finally {
      dataKey?.fill(0);
    }
  }
}

function encrypt(key: Uint8Array, plain: Uint8Array, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, bytes: Uint8Array, aad: Buffer): Buffer {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(bytes.length - TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
}
