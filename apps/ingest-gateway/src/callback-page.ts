import { REPAIR_OUTCOMES, type RepairOutcome } from '@roomwire/vault-client';

/** What a provider sends a browser back with. Nothing of it is known to be true. */
export type Callback = { state: string; code: string | undefined; error: string | undefined; description: string | undefined };
/** `busy`: nobody was asked; the state is as good as before. */
export type CallbackOutcome = RepairOutcome | 'unavailable' | 'busy';
export type CallbackPage = { status: number; html: string };

const WORDS_MAX = 300;

const SAID: Record<Exclude<CallbackOutcome, RepairOutcome>, string> = {
  unavailable: 'nobody could be asked: load this page again in a moment',
  busy: 'too many at a time: load this page again in a moment',
};
const STATUS: Partial<Record<CallbackOutcome, number>> = { granted: 200, unknown: 502, unavailable: 503, busy: 429 };

/** A parameter that is there twice means nothing. */
export function callbackOf(query: Readonly<Record<string, unknown>>): Callback {
  const text = (name: string): string | undefined => {
    const value = query[name];
    return typeof value === 'string' && value.length > 0 && value.length <= 4_096 ? value : undefined;
  };
  return { state: text('state') ?? '', code: text('code'), error: text('error'), description: text('error_description') };
}

/**
 * A plain page for a person. The provider's words are shown only to who was sent there by us: else anybody could have a page of ours
 * say anything by a link.
 */
export function pageOf(outcome: CallbackOutcome, { error, description }: Callback): CallbackPage {
  const done = outcome === 'granted';
  const why = outcome in SAID ? SAID[outcome as keyof typeof SAID] : REPAIR_OUTCOMES[outcome as RepairOutcome];
  const words = outcome === 'not-agreed' ? [error, description].filter(Boolean).join(': ').slice(0, WORDS_MAX) : '';
  const title = done ? 'Done' : 'Refused';
  const lines = [`${title}: ${why}.`, ...(words ? [`The provider said: ${words}`] : []), 'This window can be closed.'];
  const body = lines.map((line) => `<p>${escaped(line)}</p>`).join('\n');
  return {
    status: STATUS[outcome] ?? 400,
    html: `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n${body}\n</html>\n`,
  };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
