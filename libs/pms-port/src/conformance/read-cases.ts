import type { Kind } from '@roomwire/events';
import { kind as kinds } from '@roomwire/events';
import type { ReadJob, ReadPlan } from '../adapter.ts';
import { PmsError } from '../error.ts';
import { pms } from '../pms.ts';
import {
  accountOf,
  attempt,
  bytesOf,
  decode,
  HOSTILE_IDS,
  readContext,
  saidBy,
  type AdapterHarness,
  type ReadFixture,
} from './harness.ts';

/** What a provider may say with a 404: none of it is read. */
const NOT_FOUND = ['', '{}', '{"status":"fail","result":"not found"}', '<html></html>'];
/** Pages that one read may come to. */
const CALLS_MAX = 50;
const OTHER_SHAPES = [
  ...['', '{}', '[]', 'null', '{"unexpected":true}'],
  ...['{"status":"success"}', '{"status":"success","result":[]}'],
];

export function readCases(harness: AdapterHarness): void {
  const port = pms(harness.adapter);
  const account = accountOf(harness);
  const fixtures = harness.fixtures.filter((fixture): fixture is ReadFixture => fixture.via === 'read');
  const segments = (path: string) => path.split(/[?#]/)[0]!.split('/').length;
  const requestOf = ({ method, path, body }: ReadPlan) => JSON.stringify([method, path, body]);
  const isSameRequest = (job: ReadJob, kind: Kind) => {
    const other = attempt(() => port.readRequest({ ...job, kind }, account));
    return !(other instanceof PmsError) && requestOf(other) === requestOf(port.readRequest(job, account));
  };
  const names = (path: string) => [...new URL(path, 'http://base').searchParams.keys()];

  it('plans one request below the provider’s address, for the entity that was asked for', () => {
    for (const { job } of fixtures) {
      const plan = port.readRequest(job, account);
      expect(plan.path).toMatch(/^\/[^/]/);
      expect(plan.ids).toEqual(job.entities);
      expect(plan.operation).toMatch(/^[a-z][a-z-]{0,63}$/);
    }
  });

  it('lets no id climb out of its place', () => {
    for (const { job } of fixtures)
      for (const entity of HOSTILE_IDS) {
        const outcome = attempt(() => port.readRequest({ kind: job.kind, entities: [entity] }, account).path);
        const { path } = port.readRequest({ ...job, entities: job.entities.slice(0, 1) }, account);
        if (outcome instanceof PmsError) expect(outcome.code).toBe('invalid-request');
        else expect([segments(outcome), names(outcome)]).toEqual([segments(path), names(path)]);
      }
  });

  it('shows an answer for several where it reads several at once', () => {
    for (const [kind, most] of Object.entries(harness.adapter.capabilities.readsAtOnce ?? {})) {
      expect(harness.adapter.capabilities.reads).toContain(kind);
      if (most > 1) expect(fixtures.some(({ job }) => job.kind === kind && job.entities.length > 1)).toBe(true);
    }
  });

  it('reads on where an answer is a page of several, and comes to an end though each is the same', () => {
    expect(fixtures.some(({ elsewhere }) => elsewhere !== undefined)).toBe(harness.adapter.readOn !== undefined);
    for (const { job, body, elsewhere } of fixtures) {
      expect(port.readOn(job, bytesOf(body))).toBeUndefined();
      if (elsewhere === undefined) continue;
      const asked = [requestOf(port.readRequest(job, account))];
      let on: ReadJob = job;
      for (let cursor = port.readOn(on, bytesOf(elsewhere)); cursor; cursor = port.readOn(on, bytesOf(elsewhere))) {
        on = { ...job, cursor };
        asked.push(requestOf(port.readRequest(on, account)));
        expect(asked.length).toBeLessThan(CALLS_MAX);
      }
      expect(asked.length).toBeGreaterThan(1);
      expect(new Set(asked).size).toBe(asked.length);
      // What was asked for is told of the page that shows it, wherever that was.
      const said = saidBy(decode(harness, body, readContext(harness, on)));
      for (const entity of job.entities) expect(said.get(`${job.kind} ${entity} existence`)).toEqual({ state: 'present' });
    }
  });

  it('refuses kinds that it does not read', () => {
    for (const kind of kinds.options.filter((kind: Kind) => !harness.adapter.capabilities.reads.includes(kind)))
      expect(attempt(() => port.readRequest({ kind, entities: ['1'] }, account))).toMatchObject({ code: 'invalid-request' });
  });

  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'says that what it read is there: %s',
    (_name, { body, job }) => {
      const said = saidBy(decode(harness, body, readContext(harness, job)));

      for (const entity of job.entities) expect(said.get(`${job.kind} ${entity} existence`)).toEqual({ state: 'present' });
    },
  );

  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'says gone of what the provider no longer has, and nothing else: %s',
    (_name, { job, gone }) => {
      if (gone === undefined) expect(port.readRequest(job, account).answers).toContain(404);
      const [bodies, status] = gone === undefined ? [NOT_FOUND, 404] : [[gone], 200];
      for (const body of bodies) {
        const decoded = decode(harness, body, readContext(harness, job, { status }));
        const said = saidBy(decoded);
        for (const entity of job.entities) expect(said.get(`${job.kind} ${entity} existence`)).toEqual({ state: 'gone' });
        expect([...said.values()].filter((content) => (content as { state?: string }).state !== 'gone')).toEqual([]);
        expect(decoded.rejects).toEqual([]);
      }
    },
  );

  for (const { name, body, job } of fixtures)
    for (const kind of harness.adapter.capabilities.reads.filter((each) => each !== job.kind && isSameRequest(job, each)))
      it(`tells the same whether it was asked for that or a ${kind}: ${name}`, () => {
        const contents = (each: Kind) =>
          [...saidBy(decode(harness, body, readContext(harness, { ...job, kind: each })))].filter(
            ([facet]) => !facet.endsWith(' existence'),
          );

        expect(contents(kind)).toEqual(contents(job.kind));
      });

  for (const { name, body, job } of fixtures.filter(({ job }) => job.entities.length > 1))
    it(`says gone of the one that the answer leaves out, and of no other: ${name}`, () => {
      const said = saidBy(decode(harness, body, readContext(harness, job, { ids: [...job.entities, 'another'] })));

      expect(said.get(`${job.kind} another existence`)).toEqual({ state: 'gone' });
      for (const entity of job.entities) expect(said.get(`${job.kind} ${entity} existence`)).toEqual({ state: 'present' });
    });

  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'rejects an answer of another shape: %s',
    (_name, { job, gone, nothing }) => {
      const known = [gone, nothing].map((body) => JSON.stringify(body));
      for (const body of OTHER_SHAPES.filter((shape) => !known.includes(shape))) {
        const { tellings, hints, rejects } = decode(harness, body, readContext(harness, job));
        expect({ body, tellings, hints, rejects: rejects.length }).toEqual({ body, tellings: [], hints: [], rejects: 1 });
      }
    },
  );

  for (const { name, job, nothing } of fixtures.filter((fixture) => fixture.nothing !== undefined))
    it(`says nothing of what the provider has nothing to say of, and why: ${name}`, () => {
      const { ignored, ...said } = decode(harness, nothing, readContext(harness, job));

      expect(said).toEqual({ tellings: [], hints: [], rejects: [] });
      expect(ignored).not.toEqual([]);
    });

  for (const { name, body, job } of fixtures.filter((fixture) => !fixture.nameless))
    it(`rejects an answer about another entity: ${name}`, () => {
      const { tellings, rejects } = decode(harness, body, readContext(harness, job, { ids: ['another'] }));

      expect(tellings).toEqual([]);
      expect(rejects.length).toBeGreaterThan(0);
      expect(new Set(rejects.map(({ reason }) => reason))).toEqual(new Set(['unreadable-answer']));
    });

  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'does not ask again for what it has just read: %s',
    (_name, { body, job }) => {
      const { hints } = decode(harness, body, readContext(harness, job));

      expect(hints.filter((hint) => hint.kind === job.kind && job.entities.includes(hint.entity))).toEqual([]);
    },
  );
}
