import type { JsMsg } from '@nats-io/jetstream';
import { createLog } from '@roomwire/telemetry';
import { Alone } from './alone.ts';
import type { Bus } from './bus.ts';
import type { NatsConnection } from './connect.ts';
import { memoryLedger } from './memory-ledger.ts';
import { InHand } from './message.ts';
import { Runner } from './run.ts';
import { CONSUMERS } from './topology.ts';
import { done } from './verdict.ts';

const plan = CONSUMERS.find(({ name }) => name === 'normalizer-live')!;

describe('Runner', () => {
  it('begins a suspect only when the broker has heard of the end of the one before: it may end the process', async () => {
    const told: string[] = [];
    const message = (seq: number) =>
      ({
        ...{ seq, subject: 'pms.t1.raw.live.p.c', data: new Uint8Array(), info: { deliveryCount: 2, stream: 'WORK_t1' } },
        ack: () => told.push(`ack of ${seq} is under way`),
        ackAck: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          told.push(`ack of ${seq} has arrived`);
        },
      }) as unknown as JsMsg;
    const handlers = new Map([
      ['normalizer-live', ({ seq }: { seq: number }) => (told.push(`handle ${seq}`), Promise.resolve(done))],
    ]);
    const unused = {} as { nc: NatsConnection; bus: Bus };
    const parts = {
      nc: unused.nc,
      bus: unused.bus,
      ledger: memoryLedger(),
      alone: new Alone(),
      log: createLog('spec', 'silent'),
      handlers,
    };
    const runner = new Runner(parts);
    const subject = { tenant: 't1', family: 'raw', lane: 'live', provider: 'p', connection: 'c' } as const;

    await Promise.all(
      [1, 2].map((seq) => runner.run(new InHand(message(seq), 't1', 'normalizer-live', 0), plan, subject, undefined)),
    );

    expect(told).toEqual(['handle 1', 'ack of 1 has arrived', 'handle 2', 'ack of 2 has arrived']);
  });
});
