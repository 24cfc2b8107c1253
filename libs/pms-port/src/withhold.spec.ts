import fc from 'fast-check';
import { withhold } from './withhold.ts';

const after = (text: string) => Buffer.from(withhold(Buffer.from(text), ['doorCode', 'cvc'])).toString();

describe('withhold', () => {
  it('takes out texts and numbers, at any depth', () => {
    const body = { a: 1, doorCode: 'x"\\"y', deep: [{ cvc: 123, doorCode: '1' }, { cvc: null }] };
    expect(JSON.parse(after(JSON.stringify(body, null, 1)))).toEqual({
      a: 1,
      doorCode: '[withheld]',
      deep: [{ cvc: '[withheld]', doorCode: '[withheld]' }, { cvc: null }],
    });
  });

  it('leaves every other byte as it was', () => {
    const text =
      '{"id": 12345678901234567890, "price":1.0,"note":"the \\"doorCode\\": \\"42\\" – ü", "doorCode" : "s", "z":"\\u00e4"}';
    expect(after(text)).toBe(text.replace('"s"', '"[withheld]"'));
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x22]);
    expect(withhold(bytes, ['doorCode'])).toBe(bytes);
  });

  it('never leaves a value, whatever it is, and the rest can still be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (secret, rest) => {
        const text = after(JSON.stringify({ rest, doorCode: secret, last: [rest] }));
        const read = JSON.parse(text) as { doorCode: string; last: unknown[] };
        expect(read.doorCode).toBe('[withheld]');
        expect(Object.keys(read)).toEqual(['rest', 'doorCode', 'last']);
      }),
    );
  });

  it('takes no longer with a long text', () => {
    const secret = 'x\\"'.repeat(300_000);
    expect(after(`{"doorCode":"${secret}"}`)).toBe('{"doorCode":"[withheld]"}');
  });
});
