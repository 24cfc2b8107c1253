/**
 * The form of a sealed value: `rw1.<key id>.<wrapped data key>.<box>`, the last two in base64url. Version and key id are in the
 * clear so that a keeper knows what to open it with; both are associated data, so that neither can be changed.
 */
export type Sealed = { keyId: string; wrappedKey: Uint8Array; box: Uint8Array };

/** Whose a value is. It opens there and nowhere else. */
export type Place = { tenant: string; connection: string; field: 'credentials' | 'token' | 'webhook-secrets' };

const VERSION = 'rw1';

export function formatSealed({ keyId, wrappedKey, box }: Sealed): string {
  return [VERSION, keyId, encode(wrappedKey), encode(box)].join('.');
}

/** Undefined for any text that {@link formatSealed} does not make. */
export function parseSealed(text: string): Sealed | undefined {
  const [version, keyId, wrappedKey, box, ...more] = text.split('.');
  if (version !== VERSION || !keyId || !wrappedKey || !box || more.length > 0) return undefined;
  const sealed = { keyId, wrappedKey: Buffer.from(wrappedKey, 'base64url'), box: Buffer.from(box, 'base64url') };
  // Base64 ignores foreign characters and the last character's spare bits: one value must have one text.
  return formatSealed(sealed) === text ? sealed : undefined;
}

/** A data key and a box have different ones, so that neither can stand for the other. */
export function associatedData(part: 'key' | 'box', keyId: string, { tenant, connection, field }: Place): Buffer {
  return Buffer.from(JSON.stringify([VERSION, part, keyId, tenant, connection, field]));
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
