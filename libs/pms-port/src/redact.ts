import type { HttpRequest } from './adapter.ts';

const MASK = '[redacted]';
/** Shorter values (`general`, `1`) are no secrets, and masking them would eat half of every text. */
const SECRET_CHARS_MIN = 6;

/** What a secret looks like, should one be in a text that we did not put it in. And what a person looks like. */
const SHAPES: readonly RegExp[] = [
  /\b(?:Bearer|Basic)\s+[^\s"',]+/gi,
  /[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, // JWT
  /[\w+/=-]{32,}/g,
  /[^\s"'<>@]+@[^\s"'<>@]+/g, // e-mail
  /\+?\d(?:[ ()-]?\d){8,}/g, // phone, card
];

/** A provider's text, fit for an error and a log: without `secrets` in any of their usual forms, on one line, at most `max` characters. */
export function redact(text: string, secrets: Iterable<string>, max = 200): string {
  let safe = text;
  for (const form of [...secrets].filter((secret) => secret.length >= SECRET_CHARS_MIN).flatMap(forms))
    safe = safe.replaceAll(form, MASK);
  for (const shape of SHAPES) safe = safe.replace(shape, MASK);
  // A provider's control characters must not steer a terminal.
  return safe
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, max);
}

/** Longest first: a form that contains another must not be cut by it. */
function forms(secret: string): string[] {
  const all = [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    Buffer.from(secret).toString('base64'),
    JSON.stringify(secret).slice(1, -1),
  ];
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/** Everything of a request that its answer might echo and nobody may see: header values, and each text in the body. */
export function secretsIn(request: HttpRequest): string[] {
  const headers = Object.values(request.headers).flatMap((value) => [value, ...value.split(/\s+/)]);
  return [...headers, ...textsIn(request.body)];
}

function textsIn(body: string | undefined): string[] {
  if (!body) return [];
  try {
    const texts: string[] = [];
    JSON.parse(body, (_key, value: unknown) => (typeof value === 'string' ? void texts.push(value) : value));
    return texts;
  } catch {
    return [body, ...new URLSearchParams(body).values()];
  }
}
