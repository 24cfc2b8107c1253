import type { VaultEntry } from './entry.ts';

/**
 * The form of a sealed value: `rw2.<data key>.<box>`, the box in base64url. Version and key are in the clear so that a keeper knows
 * what to open it with; both are associated data, so that neither can be changed.
 *
 * `rw1.<key-encryption key>.<wrapped data key>.<box>`, with a data key of its own, is what was sealed before there was a ring of data
 * keys. It is opened, and sealed anew like anything that is not under the active key.
 */
export type Sealed =
  { version: 'rw2'; keyId: string; box: Uint8Array } | { version: 'rw1'; keyId: string; wrappedKey: Uint8Array; box: Uint8Array };

/** Whose a value is. It opens there and nowhere else. */
export type Place = { tenant: string; connection: string; field: 'credentials' | 'token' | 'webhook-secrets' | 'code-grant' };

export function formatSealed(sealed: Sealed): string {
  const parts = sealed.version === 'rw1' ? [sealed.wrappedKey, sealed.box] : [sealed.box];
  return [sealed.version, sealed.keyId, ...parts.map(encode)].join('.');
}

/** Undefined for any text that {@link formatSealed} does not make. */
export function parseSealed(text: string): Sealed | undefined {
  const [version, keyId, ...parts] = text.split('.');
  const [first, second] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (!keyId || !first) return undefined;
  const sealed: Sealed | undefined =
    version === 'rw2' && parts.length === 1
      ? { version, keyId, box: first }
      : version === 'rw1' && second && parts.length === 2
        ? { version, keyId, wrappedKey: first, box: second }
        : undefined;
  // Base64 ignores foreign characters and the last character's spare bits: one value must have one text.
  return sealed && formatSealed(sealed) === text ? sealed : undefined;
}

export function associatedData({ version, keyId }: Sealed, { tenant, connection, field }: Place): Buffer {
  return Buffer.from(JSON.stringify([version, 'box', keyId, tenant, connection, field]));
}

/** Of an `rw1` value's own data key. Another than its box's, so that neither can stand for the other. */
export function ownKeyData(keyId: string, { tenant, connection, field }: Place): Buffer {
  return Buffer.from(JSON.stringify(['rw1', 'key', keyId, tenant, connection, field]));
}

/** Of a data key in the ring: it opens under its own number only. */
export function ringKeyData(id: string, kek: string): Buffer {
  return Buffer.from(JSON.stringify(['rw2', 'key', id, kek]));
}

export type SealedField = { name: keyof VaultEntry; text: string; field: Place['field'] };

/** Every sealed value of an entry, by its form: a field that was added later is not forgotten when keys are rotated. */
export function sealedFieldsOf(entry: VaultEntry): SealedField[] {
  return Object.entries(entry).flatMap(([name, value]) =>
    typeof value === 'string' && /^rw[12]\./.test(value)
      ? [{ name: name as keyof VaultEntry, text: value, field: fieldOf(name) }]
      : [],
  );
}

/** `webhookSecrets` is sealed for the field `webhook-secrets`, and so on. */
const fieldOf = (name: string): Place['field'] =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) as Place['field'];

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
