import { z } from 'zod';
import { environmentTable, parseEnvironment } from './environment.ts';

const shape = {
  REDIS_URL: z.url('expected an address').describe('Redis of the registry'),
  ROOMWIRE_BODY_BYTES_MAX: z.coerce.number('expected a number').int().default(10).describe('bytes'),
};
const REDIS_URL = 'redis://127.0.0.1:1';
const problemsOf = (source: Record<string, string>) => {
  const parsed = parseEnvironment(shape, source);
  return 'problems' in parsed ? parsed.problems : [];
};

describe('parseEnvironment', () => {
  it('gives the service’s own variables and the common ones', () => {
    const parsed = parseEnvironment(shape, { REDIS_URL, NATS_URL: 'nats://a:1, tls://b:2' });

    expect(parsed).toMatchObject({
      env: {
        REDIS_URL,
        ROOMWIRE_BODY_BYTES_MAX: 10,
        NATS_URL: ['nats://a:1', 'tls://b:2'],
        HOST: '127.0.0.1',
        PORT: 0,
        LOG_LEVEL: 'info',
      },
      warnings: [],
    });
  });

  it('names every wrong variable at once, what is expected and what it is for', () => {
    expect(problemsOf({ ROOMWIRE_BODY_BYTES_MAX: 'x', PORT: '70000', NATS_URL: 'nonsense' })).toEqual([
      'NATS_URL: expected one or more addresses like nats://127.0.0.1:4222, comma separated (NATS servers, comma separated)',
      expect.stringMatching(/^PORT: expected a port \(/),
      'REDIS_URL: is missing (Redis of the registry)',
      'ROOMWIRE_BODY_BYTES_MAX: expected a number (bytes)',
    ]);
  });

  it('never shows a value', () => {
    const planted = 'pl4nted';
    const problems = problemsOf({
      REDIS_URL: planted,
      PORT: planted,
      LOG_LEVEL: planted,
      NATS_URL: planted,
      ROOMWIRE_BODY_BYTES_MAX: planted,
    });

    expect(problems).toHaveLength(5);
    expect(problems.join()).not.toContain(planted);
  });

  it('takes an empty text for unset', () => {
    expect(problemsOf({ REDIS_URL: '' })).toEqual(['REDIS_URL: is missing (Redis of the registry)']);
    expect(parseEnvironment(shape, { REDIS_URL, PORT: '' })).toMatchObject({ env: { PORT: 0 } });
  });

  it('warns of a variable of ours that no program knows, and of no other', () => {
    const parsed = parseEnvironment(shape, {
      REDIS_URL,
      ROOMWIRE_BODY_BYTE_MAX: '1',
      ROOMWIRE_INFLIGHT_PER_TENANT_MAX: '1',
      HOME: '/',
    });

    expect(parsed).toMatchObject({ warnings: ['ROOMWIRE_BODY_BYTE_MAX is a variable of no service of ours: a typing error?'] });
  });
});

describe('environmentTable', () => {
  it('tells what is required, its default and its meaning', () => {
    expect(environmentTable(shape)).toEqual([
      { name: 'REDIS_URL', required: true, default: '', meaning: 'Redis of the registry' },
      { name: 'ROOMWIRE_BODY_BYTES_MAX', required: false, default: '10', meaning: 'bytes' },
    ]);
    expect(environmentTable().map(({ name }) => name)).toContain('NATS_URL');
  });
});
