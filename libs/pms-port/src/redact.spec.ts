import fc from 'fast-check';
import { redact, secretsIn } from './redact.ts';

describe('redaction', () => {
  it('hides a secret in every form that a provider might echo it in', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 60 }), fc.string(), (secret, around) => {
        fc.pre(secret.isWellFormed() && secret.trim() === secret && !/\s/.test(secret) && !'[redacted]'.includes(secret));
        const forms = [
          secret,
          encodeURIComponent(secret),
          Buffer.from(secret).toString('base64'),
          JSON.stringify(secret).slice(1, -1),
        ];
        for (const form of forms) {
          fc.pre(!around.includes(form) && !around.includes(secret));
          expect(redact(`before ${form} after`, [secret], 10_000)).not.toContain(secret);
        }
      }),
    );
  });

  it('hides what looks like a secret or a person, known or not', () => {
    for (const text of [
      'Bearer abc.def',
      'eyJhbGciOi.eyJzdWIiOi.SflKxwRJSMe',
      'a'.repeat(40),
      'someone@example.invalid',
      '+49 170 1234567',
    ])
      expect(redact(`x ${text} y`, [])).toBe('x [redacted] y');
  });

  it('leaves words and short ids', () => {
    expect(redact('reservation 49264388 of listing 218666 is locked', ['general'])).toBe(
      'reservation 49264388 of listing 218666 is locked',
    );
  });

  it('knows what a request itself carries', () => {
    const form = {
      method: 'POST',
      path: '/',
      headers: { authorization: 'Bearer token-of-the-header' },
      body: 'client_id=1&client_secret=a%26b-secret',
    };
    const json = { ...form, body: '{"Client":"x","deep":{"AccessToken":"token-of-the-body"}}' };

    expect(secretsIn(form)).toEqual(expect.arrayContaining(['token-of-the-header', 'a&b-secret']));
    expect(secretsIn(json)).toEqual(expect.arrayContaining(['token-of-the-body']));
  });
});
