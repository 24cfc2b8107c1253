import { HELP, parse } from './options.ts';

describe('options of the bench', () => {
  it('are the long form by default', () => {
    expect(parse([])).toMatchObject({ kind: 'run', options: { rates: [50, 200, 1000], seconds: 60, rounds: 3, search: true } });
  });

  it('can be said one by one, also of the quick form', () => {
    const said = ['--quick', '--rates', '10,20', '--rounds', '5', '--only', 'floor', '--sync', 'always', '--no-search'];

    expect(parse(said)).toMatchObject({
      options: { rates: [10, 20], seconds: 10, rounds: 5, only: 'floor', sync: 'always', search: false },
    });
  });

  it.each([
    ['--rates', '50,x', 'x'],
    ['--seconds', '0', '0'],
    ['--only', 'ceiling', 'ceiling'],
    ['--sync', 'never', 'never'],
  ])('refuses %s %s, and says what it would take', (name, value, wrong) => {
    expect(() => parse([name, value])).toThrow(new RegExp(`${name}: expected .*"${wrong}"`));
  });

  it('refuses what it does not know', () => {
    expect(() => parse(['--fast'])).toThrow('--fast');
  });

  it('are all in the help', () => {
    for (const name of ['quick', 'rates', 'seconds', 'rounds', 'rooms', 'only', 'sync', 'no-search', 'json', 'idle', 'repin'])
      expect(HELP).toContain(`--${name} `);
  });
});
