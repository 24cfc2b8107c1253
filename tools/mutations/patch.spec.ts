import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTATIONS } from './mutations.ts';
import { edited, mutated, verdictOf } from './patch.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

describe('a mutation', () => {
  const edit = { file: 'a.ts', from: 'a > b', to: 'a >= b' };

  it('changes its one place and nothing else', () => {
    expect(edited('if (a > b) return $&;', edit)).toBe('if (a >= b) return $&;');
  });

  it('is an error where its text is missing, there twice, or left as it was', () => {
    expect(() => edited('if (a < b) return;', edit)).toThrow('a.ts: expected once, found 0 times: "a > b"');
    expect(() => edited('a > b || a > b', edit)).toThrow('found 2 times');
    expect(() => edited('a > b', { ...edit, to: edit.from })).toThrow('nothing is changed');
    expect(() => mutated({ name: 'm', breaks: '', edits: [edit] }, () => '')).toThrow('mutation "m": a.ts: expected once');
  });

  it('may change a file in several places', () => {
    const edits = [edit, { file: 'a.ts', from: 'c', to: 'd' }];
    expect(mutated({ name: 'm', breaks: '', edits }, () => 'a > b, c')).toEqual(new Map([['a.ts', 'a >= b, d']]));
  });

  it.each(MUTATIONS.map((each) => [each.name, each] as const))('finds its text in the sources: %s', (_, mutation) => {
    expect(() => mutated(mutation, read)).not.toThrow();
  });

  it('has a name of its own', () => {
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  });
});

describe('a run of the histories', () => {
  it('is red by what it found first, or by what it broke on', () => {
    expect(verdictOf(1, 'Received: "counterexample: room\nh1')).toEqual({ isRed: true, why: 'room' });
    expect(verdictOf(1, '  ✕ end in the records\n\n    TypeError: no such thing')).toEqual({
      ...{ isRed: true, why: 'error: TypeError: no such thing' },
    });
  });

  it('is red where it had to be given up', () => {
    expect(verdictOf(null, 'histories: 200 of 800')).toEqual({ isRed: true, why: 'it never came to rest' });
  });

  it('is not red where all went well, nor where it did not run', () => {
    expect(verdictOf(0, '')).toEqual({ isRed: false, why: 'nobody noticed' });
    expect(verdictOf(1, '    SyntaxError: Unexpected token')).toEqual({
      ...{ isRed: false, why: 'did not run: SyntaxError: Unexpected token' },
    });
  });
});
