import { randomBytes } from 'node:crypto';
import { parseKeyRing } from './key-ring.ts';

const key = () => randomBytes(32).toString('base64');

describe('parseKeyRing', () => {
  it('takes the first key as the active one', () => {
    const ring = parseKeyRing(`k2:${key()},k1:${key()}`);
    expect(ring).toMatchObject({ active: 'k2' });
    expect('keys' in ring && [...ring.keys.keys()]).toEqual(['k2', 'k1']);
  });

  it.each([
    ['nothing', ''],
    ['no id', key()],
    ['an id of other characters', `K-1:${key()}`],
    ['a key that is too short', `k1:${randomBytes(16).toString('base64')}`],
    ['one that is no base64', 'k1:%%%'],
    ['a comma too many', `k1:${key()},`],
    ['one id twice', `k1:${key()},k1:${key()}`],
  ])('refuses %s without showing it', (_name, text) => {
    const answer = parseKeyRing(text);
    expect(answer).toHaveProperty('problem');
    for (const part of text.split(/[,:]/).filter((each) => each.length > 10)) expect(JSON.stringify(answer)).not.toContain(part);
  });
});
