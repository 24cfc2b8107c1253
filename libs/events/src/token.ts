/** Is its own token. Nearly every id is, and each message asks a dozen times. */
const PLAIN = /^[A-Za-z0-9_-]+$/;

/**
 * One subject token for any text, and back. Bytes outside [A-Za-z0-9_-] become =XX (upper-case hex of each UTF-8 byte):
 * `=` is legal in subjects and in KV keys, where % is not. The alphabet is fixed, so equal ids have equal tokens.
 */
export function encodeToken(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!text.isWellFormed()) throw new TypeError('a token needs well-formed Unicode');
  if (text === '') throw new TypeError('a token needs at least one character');
  return encodeURIComponent(text)
    .replace(/[.!~*'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '=');
}

/** The inverse of {@link encodeToken}; undefined where the token is not one that it makes. */
export function decodeToken(token: string): string | undefined {
  if (PLAIN.test(token)) return token;
  if (!/^(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+$/.test(token)) return undefined;
  try {
    const text = decodeURIComponent(token.replaceAll('=', '%'));
    return encodeToken(text) === token ? text : undefined;
  } catch {
    return undefined;
  }
}
