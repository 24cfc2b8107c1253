import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsConf, USERS } from './access.ts';

const AGAIN =
  "node --import ./scripts/register-swc.mjs --conditions=@roomwire/source -e \"import('./libs/jetstream/src/access.ts').then((m) => require('fs').writeFileSync('deploy/nats.conf', m.natsConf()))\"";

describe('deploy/nats.conf', () => {
  it(`is what access.ts says (else: ${AGAIN})`, () => {
    expect(readFileSync(join(import.meta.dirname, '../../../deploy/nats.conf'), 'utf8')).toBe(natsConf());
  });

  it('holds no password', () => {
    const passwords = [...natsConf().matchAll(/password: (\S+)/g)].map(([, value]) => value);
    expect(passwords).toHaveLength(USERS.length);
    expect(passwords.filter((value) => !value?.startsWith('$NATS_PASSWORD_'))).toEqual([]);
  });
});
