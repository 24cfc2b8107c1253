import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * Canonical JSON (RFC 8785): one byte form for one value, whatever the order its keys were told in. Every message is written in it
 * several times over, so that the platform's own writer does it wherever it writes the same: it takes keys as they stand.
 */
export function canonicalJson(value: unknown): string {
  const sorted = inOrder(value);
  const json = sorted === UNSURE ? undefined : JSON.stringify(sorted);
  // It writes half a surrogate pair as an escape; the canonical form has none, and refuses.
  if (json !== undefined && !json.includes('\\ud')) return json;
  const careful = canonicalize(value);
  if (careful === undefined) throw new TypeError('not a JSON value');
  return careful;
}

/** SHA-256 of the canonical form, lower-case hex. */
export function contentHash(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex');
}

const UNSURE = Symbol('unsure');

/** The value with its keys in order: itself where they are, else a copy. {@link UNSURE}: what only the careful way can tell. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : UNSURE;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? itemsInOrder(value) : keysInOrder(value as Record<string, unknown>);
}

function itemsInOrder(items: readonly unknown[]): unknown {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = inOrder(items[i]);
    if (item === UNSURE) return UNSURE;
    if (item !== items[i]) (copy ??= [...items])[i] = item;
  }
  return copy ?? items;
}

function keysInOrder(of: Record<string, unknown>): unknown {
  const prototype: unknown = Object.getPrototypeOf(of);
  // Anything but a plain object may say itself how it is written.
  if (prototype !== Object.prototype && prototype !== null) return UNSURE;
  const keys = Object.keys(of);
  let isSorted = true;
  /** Values that had to be put in order themselves. */
  let others: Map<string, unknown> | undefined;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    // `__proto__` is no key to an assignment.
    if (key === '__proto__') return UNSURE;
    const value = inOrder(of[key]);
    if (value === UNSURE) return UNSURE;
    if (value !== of[key]) (others ??= new Map()).set(key, value);
    if (i > 0 && keys[i - 1]! > key) isSorted = false;
  }
  if (isSorted && !others) return of;
  // Numbers stand before all other keys of an object, whatever the order in which they were put there.
  if (keys.some((key) => /^\d+$/.test(key))) return UNSURE;
  const copy: Record<string, unknown> = {};
  for (const key of isSorted ? keys : keys.sort()) copy[key] = others?.has(key) ? others.get(key) : of[key];
  return copy;
}
