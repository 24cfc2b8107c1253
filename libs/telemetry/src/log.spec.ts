import { createLog, maskSecrets } from './log.ts';

function captured(level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const log = createLog('spec', level, { write: (line: string) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

const PLANTED = 'pl4nted-value';

describe('createLog', () => {
  it('writes one JSON line with service, level, time and fields', () => {
    const { log, last } = captured();

    log.info({ tenant: 't1' }, 'hello');

    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      service: 'spec',
      tenant: 't1',
      msg: 'hello',
    });
  });

  it.each([
    'password',
    'NATS_PASSWORD',
    'clientSecret',
    'apiToken',
    'access_token',
    'Authorization',
    'cookie',
    'key',
    'api-key',
    'privateKey',
    'x-api-key',
    'credentials',
  ])('masks what stands under "%s", at any depth and in children', (name) => {
    const { log, lines } = captured();

    log.info({ [name]: PLANTED, list: [{ deep: { [name]: { inner: PLANTED } } }] }, 'x');
    log.child({ [name]: PLANTED }).warn('y');

    expect(lines.join('')).not.toContain(PLANTED);
    expect(lines.join('')).toContain('[redacted]');
  });

  it('leaves alone what only sounds like it', () => {
    const fields = { keyspace: 'k', monkey: 'm', connection: 'c', hasPassword: false, secret: undefined };

    expect(maskSecrets(fields)).toEqual(fields);
  });

  it('cuts credentials out of addresses, in fields, messages and errors', () => {
    const { log, lines } = captured();

    log.info({ url: `redis://user:${PLANTED}@host:1` }, `nats://user:${PLANTED}@host lost`);
    log.error({ err: new Error(`connect redis://:${PLANTED}@host failed`) }, 'x');
    log.error(new Error(`redis://user:${PLANTED}@host`));

    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain(PLANTED);
  });

  it('keeps of an error its type, message, stack and code, and nothing that a driver hung on it', () => {
    const { log, last } = captured();

    log.error({ err: Object.assign(new TypeError('broke'), { code: 'E1', command: { args: [PLANTED] } }) }, 'x');

    expect(last()['err']).toEqual({
      type: 'TypeError',
      message: 'broke',
      stack: expect.stringContaining('broke') as string,
      code: 'E1',
    });
  });

  it('shows neither bytes nor endless depth', () => {
    const loop: Record<string, unknown> = { bytes: new Uint8Array(3) };
    loop['self'] = loop;

    expect(JSON.stringify(maskSecrets(loop))).toContain('"[3 bytes]"');
    expect(JSON.stringify(maskSecrets(loop))).toContain('"[deep]"');
  });
});
