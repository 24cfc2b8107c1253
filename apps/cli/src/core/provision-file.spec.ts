import { problemsOf, provisionFile } from './provision-file.ts';

const defaults = { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
const acme = { id: 'acme', name: 'Acme', defaults };
const problems = (file: unknown) => {
  const parsed = provisionFile.safeParse(file);
  return parsed.success ? [] : problemsOf(parsed.error);
};

describe('provisionFile', () => {
  it('takes a tenant with nothing else', () => {
    expect(provisionFile.parse({ tenants: [acme] }).tenants[0]).toMatchObject({ id: 'acme', connections: [], properties: [] });
  });

  it('names each bad field by its path', () => {
    const connection = {
      id: 'Bad Id',
      provider: 'airbnb',
      baseUrl: 'nonsense',
      credentials: { secret: 7 },
      unsaid: { timeZone: 'Here' },
    };

    expect(
      problems({
        tenants: [{ ...acme, name: '', defaults: { ...defaults, timeZone: 'Mars/Olympus' }, connections: [connection] }],
      }),
    ).toEqual([
      expect.stringMatching(/^tenants\[0\]\.name: /),
      expect.stringMatching(/^tenants\[0\]\.defaults\.timeZone: expected an IANA time zone/),
      expect.stringMatching(/^tenants\[0\]\.connections\[0\]\.id: expected a slug/),
      expect.stringMatching(/^tenants\[0\]\.connections\[0\]\.provider: /),
      expect.stringMatching(/^tenants\[0\]\.connections\[0\]\.baseUrl: /),
      expect.stringMatching(/^tenants\[0\]\.connections\[0\]\.unsaid\.timeZone: expected an IANA time zone/),
      expect.stringMatching(/^tenants\[0\]\.connections\[0\]\.credentials\.secret: expected text, \{"env": "NAME"\}/),
    ]);
  });

  it('names a field that it does not know: it may be a typing error', () => {
    expect(problems({ tenants: [{ ...acme, conections: [] }] }).join()).toMatch(/conections/);
  });

  it('quotes no value, for it may be a secret', () => {
    const connection = {
      id: 'c1',
      provider: 'hostaway',
      webhookSecret: { login: 'x', pasword: 'hunter2' },
      credentials: 'hunter2',
    };

    expect(problems({ tenants: [{ ...acme, apiToken: ['hunter2'], connections: [connection] }] }).join()).not.toMatch(/hunter2/);
  });

  it('refuses a connection that two tenants declare, and ids declared twice', () => {
    const connections = [{ id: 'c1', provider: 'mews' }];
    const properties = [
      { id: 'p1', units: [{ id: 'u1', name: 'One' }] },
      { id: 'p2', units: [{ id: 'u1', name: 'Two' }] },
    ];

    expect(problems({ tenants: [{ ...acme, connections, properties }, { ...acme, id: 'other', connections }, acme] })).toEqual([
      expect.stringMatching(/^tenants\[2\]\.id: "acme" is declared twice/),
      expect.stringMatching(/^tenants\[1\]\.connections\[0\]\.id: "c1" is declared twice/),
      expect.stringMatching(/^tenants\[0\]\.properties\[1\]\.units\[0\]\.id: "u1" is declared twice/),
    ]);
  });
});
