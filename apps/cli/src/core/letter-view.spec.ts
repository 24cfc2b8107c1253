import { letterText, lettersText, matches, shownLetter, type Letter } from './letter-view.ts';

const letter = (more: Partial<Letter> = {}): Letter => ({
  id: 'acme:42',
  tenant: 'acme',
  stage: 'normalizer',
  provider: 'hostaway',
  connection: 'c1',
  kind: '',
  reason: 'schema',
  detail: 'expected a date',
  pointer: '/data/0/arrivalDate',
  path: '/data/*/arrivalDate',
  errorClass: '',
  attempts: 1,
  firstAt: '2026-11-21T05:00:00.000Z',
  lastAt: '2026-11-21T05:57:00.000Z',
  fingerprint: 'abc123',
  origin: { stream: 'WORK_acme', seq: 7, subject: 'pms.acme.raw.live.hostaway.c1' },
  receipt: 'rcpt-0001',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  headers: { 'Rw-Via': 'push', Authorization: 'Basic hunter2' },
  data: new TextEncoder().encode(JSON.stringify({ guest: 'Ada', nested: { doorCode: 'hunter2' } })),
  ...more,
});

describe('lettersText', () => {
  it('shows one line a letter', () => {
    const text = lettersText([letter()], Date.parse('2026-11-21T06:00:00Z'));

    expect(text.split('\n')[1]).toMatch(
      /^acme:42 +normalizer +hostaway +schema +\/data\/0\/arrivalDate +1 +3m +abc123 +rcpt-0001$/,
    );
  });
});

describe('letterText', () => {
  it('shows why, where, when and what, and no secret', () => {
    const text = letterText(letter());

    for (const part of [
      'expected a date',
      '/data/0/arrivalDate',
      '2026-11-21T05:57:00.000Z',
      'a'.repeat(32),
      'WORK_acme 7',
      'rcpt-0001',
      '"guest": "Ada"',
      'Rw-Via',
      'c1',
      'abc123 /data/*/arrivalDate',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('hunter2');
  });

  it('does not print bytes of which it cannot tell what is secret', () => {
    const text = letterText(letter({ data: new TextEncoder().encode('password=hunter2') }));

    expect(text).not.toContain('hunter2');
    expect(text).toContain('roomwire dlq show acme:42 --raw');
  });

  it('does not let a payload talk to the terminal', () => {
    const text = letterText(
      letter({ detail: '\u001b[2J', data: new TextEncoder().encode(JSON.stringify({ name: '\u009b2J\u001b' })) }),
    );

    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(text).not.toMatch(/[\u001b\u009b]/);
  });
});

describe('shownLetter', () => {
  it('is JSON with masked headers and payload', () => {
    expect(shownLetter(letter())).toMatchObject({
      id: 'acme:42',
      headers: { 'Rw-Via': 'push', Authorization: '[masked]' },
      payload: { guest: 'Ada', nested: { doorCode: '[masked]' } },
      bytes: 47,
    });
    expect(shownLetter(letter())).not.toHaveProperty('data');
  });
});

describe('matches', () => {
  it('asks for every field that is given', () => {
    expect(matches(letter(), {})).toBe(true);
    expect(matches(letter(), { connection: 'c1', kind: '' })).toBe(true);
    expect(matches(letter(), { connection: 'c2' })).toBe(false);
    expect(matches(letter(), { connection: 'c1', kind: 'reservation' })).toBe(false);
    const atMs = Date.parse(letter().lastAt);
    expect(matches(letter(), { sinceMs: atMs, untilMs: atMs + 1 })).toBe(true);
    expect(matches(letter(), { sinceMs: atMs + 1 })).toBe(false);
    expect(matches(letter(), { untilMs: atMs })).toBe(false);
  });
});
