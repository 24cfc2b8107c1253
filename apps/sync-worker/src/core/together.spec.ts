import { HEADER } from '@roomwire/events';
import { fetchConsumers } from '@roomwire/jetstream';
import { adapters } from '@roomwire/pms-adapters';
import type { PmsAdapter } from '@roomwire/pms-port';
import { jobOf } from '../testing/reading.ts';
import { rawOf, type ReadAnswer } from './raw.ts';
import { groupOf, HEADER_BYTES_MAX, headerBytesOf, mostFor } from './together.ts';

describe('groupOf', () => {
  it('keeps apart what no one call reads, and what one lane must not delay for another', () => {
    const key = groupOf(jobOf(), 'reservations');
    expect(groupOf(jobOf({ entity: '8', receipt: 'another-receipt' }), 'reservations')).toBe(key);
    for (const other of [jobOf({ connection: 'c2' }), jobOf({ kind: 'unit' }), jobOf({ lane: 'poll' })])
      expect(groupOf(other, 'reservations')).not.toBe(key);
    expect(groupOf(jobOf(), 'blocks')).not.toBe(key);
  });
});

describe('mostFor', () => {
  it('is what the provider takes, until a job has failed so often that it is asked for alone', () => {
    expect([1, 5, 6, 8].map((attempt) => mostFor(300, attempt))).toEqual([300, 300, 1, 1]);
  });
});

describe('the consumers', () => {
  it('have as many jobs in hand as may meet, where one call reads many, and few where none does', () => {
    for (const { provider, capabilities } of Object.values<PmsAdapter>(adapters)) {
      if (provider === 'internal') continue; // nothing is read there
      const [plan] = fetchConsumers(provider);
      expect([provider, plan!.concurrency]).toEqual([provider, capabilities.readsAtOnce ? 32 : 4]);
    }
  });
});

describe('headerBytesOf', () => {
  it('counts all that a job adds, whatever its id', () => {
    const answer: ReadAnswer = {
      ...{ operation: 'reservation', status: 200, bytes: new Uint8Array(), providerDate: null },
      ...{ observedAt: 1_000, requestedAt: 2, answeredAt: 3 },
    };
    const jobs = ['7', '"'.repeat(128), 'ü'.repeat(64), 'x'.repeat(128)].map((entity, n) =>
      jobOf({ entity, modifiedAt: 1_800_000_000_000_000 + n }),
    );
    const sizeOf = (some: typeof jobs): number => {
      const { headers } = rawOf(some, { ...answer, ids: some.map(({ entity }) => entity) }, 'receipt', {
        hops: '',
        traceparent: '',
      });
      return Buffer.byteLength(`${headers[HEADER.read]}${headers[HEADER.hint]}`);
    };
    const added = sizeOf(jobs) - sizeOf(jobs.slice(0, 1));
    const counted = jobs.slice(1).reduce((sum, job) => sum + headerBytesOf(job), 0);
    expect(added).toBeLessThanOrEqual(counted);
    expect(added).toBeGreaterThan(counted / 2);
    expect(HEADER_BYTES_MAX).toBeLessThan(64 * 1024);
  });
});
