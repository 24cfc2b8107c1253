import { PmsError } from '../error.ts';
import type { PageJob } from '../pages.ts';
import { pms } from '../pms.ts';
import { accountOf, attempt, bytesOf, decode, pageContext, saidBy, type AdapterHarness, type PageFixture } from './harness.ts';

const HOSTILE_CURSORS = [
  '../..',
  '/../../x',
  '1&status=x',
  '1#x',
  '//example.invalid/',
  'https://example.invalid/',
  '1\r\nx: y',
  '-1',
];
const OTHER_SHAPES = ['', '{}', '[]', 'null', '"x"', '{"status":"success"}', '{"success":true}', '<html></html>'];

export function pageCases(harness: AdapterHarness): void {
  const port = pms(harness.adapter);
  const account = accountOf(harness);
  const fixtures = harness.fixtures.filter((fixture): fixture is PageFixture => fixture.via === 'page');
  const named = fixtures.map((fixture) => [fixture.name, fixture] as const);
  const { lists } = harness.adapter.listings!;

  it('shows a page of every list', () => {
    expect(new Set(fixtures.map(({ job }) => job.list))).toEqual(new Set(lists.map(({ name }) => name)));
  });

  it('plans one request below the provider’s address, and one that is another for another page', () => {
    for (const { job, end } of fixtures) {
      const plan = port.pageRequest(job, account);
      expect(plan.operation).toMatch(/^[a-z][a-z-]{0,63}$/);
      if (end.next !== null) expect(port.pageRequest({ ...job, cursor: end.next }, account)).not.toEqual(plan);
    }
  });

  it('asks for what was changed since, where it can', () => {
    for (const { job } of fixtures) {
      const since = { ...job, cursor: null, since: Date.parse('2029-12-01T10:00:00Z') };
      const earlier = { ...since, since: Date.parse('2029-10-01T10:00:00Z') };
      if (port.listing(job.list)!.changedSince)
        expect(port.pageRequest(since, account)).not.toEqual(port.pageRequest(earlier, account));
      else expect(() => port.pageRequest(since, account)).toThrow(PmsError);
    }
  });

  it('lets no cursor lead elsewhere', () => {
    for (const { job } of fixtures)
      for (const cursor of HOSTILE_CURSORS) {
        const outcome = attempt(() => port.pageRequest({ ...job, cursor }, account));
        if (outcome instanceof PmsError) expect(outcome.code).toBe('invalid-request');
        else {
          const [path] = outcome.path.split('?');
          expect(path).toBe(port.pageRequest(job, account).path.split('?')[0]);
          expect(outcome.path).not.toMatch(/[\s#]|&status=x/);
        }
      }
  });

  it.each(named)('knows what comes after: %s', (_name, { job, body, end }) => {
    expect(port.pageEnd(job, bytesOf(body))).toEqual(end);
  });

  it.each(named)('takes no answer of another shape for the last page: %s', (_name, { job }) => {
    for (const body of OTHER_SHAPES) expect(attempt(() => port.pageEnd(job, bytesOf(body)))).toBeInstanceOf(PmsError);
  });

  it.each(named)('tells its kinds alone, and that nothing exists or is gone: %s', (_name, { job, body }) => {
    const { tellings, rejects } = decode(harness, body, pageContext(harness, job));

    expect(rejects).toEqual([]);
    const { kinds } = port.listing(job.list)!;
    for (const telling of tellings) {
      expect(kinds).toContain(telling.kind);
      expect(Object.keys(telling.facets)).not.toContain('existence');
    }
  });

  it('shows a telling of every kind that a list claims', () => {
    for (const { name, kinds } of lists) {
      const shown = fixtures.filter(({ job }) => job.list === name);
      const told = shown.flatMap(({ body, job }) => decode(harness, body, pageContext(harness, job)).tellings);
      expect([name, [...new Set(told.map(({ kind }) => kind))].sort()]).toEqual([name, [...kinds].sort()]);
    }
  });

  it.each(named)('lets one bad item spoil no other: %s', (_name, { job, body, end }) => {
    const whole = saidBy(decode(harness, body, pageContext(harness, job)));
    for (const spoilt of withOneSpoilt(body, end.items)) {
      const { tellings, hints, rejects } = decode(harness, spoilt, pageContext(harness, job));
      expect(rejects.length).toBeGreaterThan(0);
      expect(tellings.length + hints.length).toBeGreaterThan(0);
      for (const [facet, content] of saidBy({ tellings, hints, rejects, ignored: [] })) expect(whole.get(facet)).toEqual(content);
    }
  });

  it('refuses a list that it has not', () => {
    expect(attempt(() => port.pageRequest({ ...(fixtures[0]!.job satisfies PageJob), list: 'nothing' }, account))).toMatchObject({
      code: 'invalid-request',
    });
  });
}

/** The body with one of its items as null, for each; none where it is not clear which of its lists has the items, or there is one. */
function withOneSpoilt(body: unknown, items: number): unknown[] {
  if (typeof body !== 'object' || body === null || items < 2) return [];
  const lists = Object.entries(body).filter(([, list]) => Array.isArray(list) && list.length === items);
  if (lists.length !== 1) return [];
  const [key, list] = lists[0] as [string, unknown[]];
  return list.map((_item, bad) => ({ ...body, [key]: list.map((item, index) => (index === bad ? null : item)) }));
}
