import { counter, gauge, histogram, hopFigure, type Meter } from '@roomwire/telemetry';
import type { ChangeFacts } from './core/facts.ts';

export type StreamCount = { tenant: string; clients: number; waiting: number };

/** What this process counts. Everything here is on the way of a message to its clients: no allocation but the labels. */
export type Figures = {
  sent(): void;
  conflated(): void;
  /** Once a message, when the first clients have it. `storedAt`: when the broker had it, epoch ms. */
  told(facts: ChangeFacts, storedAt?: number): void;
  unreadable(): void;
  notNewer(): void;
  /** Asked when somebody looks. */
  watch(count: () => StreamCount[]): void;
};

export function figuresOf(meter: Meter): Figures {
  const frames = counter(meter, 'roomwire_stream_frames_total');
  const conflated = counter(meter, 'roomwire_stream_conflated_total');
  const leftOut = counter(meter, 'roomwire_stream_left_out_total');
  const latency = histogram(meter, 'roomwire_stream_latency_seconds');
  const hop = hopFigure(meter);
  const clients = gauge(meter, 'roomwire_stream_clients');
  const waiting = gauge(meter, 'roomwire_stream_waiting');
  return {
    sent: () => frames.add(1),
    conflated: () => conflated.add(1),
    told: ({ lane, kind, receivedAt }, storedAt) => {
      const now = Date.now();
      latency.record((now - receivedAt) / 1000, { lane, kind });
      hop('propagated', lane, storedAt, now);
    },
    unreadable: () => leftOut.add(1, { why: 'unreadable' }),
    notNewer: () => leftOut.add(1, { why: 'not-newer' }),
    watch: (count) => {
      clients.addCallback((result) => count().forEach(({ tenant, clients: now }) => result.observe(now, { tenant })));
      waiting.addCallback((result) => count().forEach(({ tenant, waiting: now }) => result.observe(now, { tenant })));
    },
  };
}
