const MARK = '"[withheld]"';
/** A text, unrolled so that a long one is no stack of steps; or a number. */
const VALUE = String.raw`(?:"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*)`;

/**
 * A JSON text without the values of these fields, at whatever depth: a mark stands in their place, and every other byte is as it
 * was. They are secrets that nothing of ours needs (a door's code, a card's number) and that must not be in a stream.
 */
export function withhold(bytes: Uint8Array, fields: readonly string[]): Uint8Array {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const there = fields.filter((field) => body.includes(`"${field}"`));
  if (there.length === 0) return bytes;
  // One character a byte, there and back: UTF-8 stays what it is, and so does what is none.
  const text = body.toString('latin1');
  return Buffer.from(text.replace(new RegExp(`("(?:${there.join('|')})"\\s*:\\s*)${VALUE}`, 'gs'), `$1${MARK}`), 'latin1');
}
