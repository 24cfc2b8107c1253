/** Key-encryption keys by id; new values are sealed under the active one, old ones open under theirs. */
export type KeyRing = { active: string; keys: ReadonlyMap<string, Uint8Array> };

export const KEY_BYTES = 32;

/** `k2:<base64>,k1:<base64>`: the first is active. A problem names what is wrong, never a key. */
export function parseKeyRing(text: string): KeyRing | { problem: string } {
  const keys = new Map<string, Uint8Array>();
  for (const part of text.split(',')) {
    const [, id, encoded] = /^([a-z0-9]{1,16}):([A-Za-z0-9+/]+={0,2})$/.exec(part.trim()) ?? [];
    if (!id || !encoded) return { problem: 'expected `id:base64` pairs, comma separated; an id is 1 to 16 of a-z and 0-9' };
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length !== KEY_BYTES) return { problem: `key "${id}" is not ${KEY_BYTES} bytes of base64` };
    if (keys.has(id)) return { problem: `key "${id}" is there twice` };
    keys.set(id, bytes);
  }
  return { active: [...keys.keys()][0]!, keys };
}
