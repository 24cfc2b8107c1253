import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PMS_ERROR_CODES, PmsError } from './error.ts';
import { REJECT_REASONS } from './reject.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');

/** Rows of the table under a heading: the code, and the cells after it. */
function tableUnder(heading: string): Record<string, string[]> {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return Object.fromEntries(
    rows.map((row) => {
      const [code, ...cells] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [code!.replaceAll('`', ''), cells];
    }),
  );
}

describe('docs/errors.md', () => {
  it('lists every provider error with its meaning, and no other', () => {
    const documented = Object.entries(tableUnder('Provider errors')).map(([code, [retry, meaning]]) => [code, retry, meaning]);

    expect(documented).toEqual(
      Object.entries(PMS_ERROR_CODES).map(([code, { retry, meaning }]) => [code, retry ? 'yes' : 'no', meaning]),
    );
  });

  it('lists every reason of a reject with its meaning, and no other', () => {
    const documented = Object.entries(tableUnder('Rejects')).map(([code, [meaning]]) => [code, meaning]);

    expect(documented).toEqual(Object.entries(REJECT_REASONS));
  });
});

describe('a PmsError', () => {
  it('is built from facts', () => {
    const error = new PmsError('rate-limited', {
      provider: 'hostaway',
      operation: 'reservation',
      status: 429,
      retryAfterMs: 7_000,
      detail: 'slow down',
    });

    expect(error.message).toBe('hostaway reservation: rate-limited, status 429, retry after 7000 ms, slow down');
    expect([error.retryable, new PmsError('forbidden', { provider: 'mews', operation: 'x' }).retryable]).toEqual([true, false]);
  });
});
