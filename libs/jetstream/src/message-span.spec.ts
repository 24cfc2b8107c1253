import { templateOf } from './message-span.ts';

describe('templateOf', () => {
  it.each([
    ['pms.t1.raw.live.hostaway.c-1', 'pms.{tenant}.raw.live.hostaway.{connection}'],
    ['pms.t1.event.bulk.booking.4711', 'pms.{tenant}.event.bulk.booking.{property}'],
    ['pms.t1.fetch.live.mews.c-1.reservation.12', 'pms.{tenant}.fetch.live.mews.{connection}.reservation.{entity}'],
    ['pms.t1.change.room.p1.u1', 'pms.{tenant}.change.room.{scope}.{entity}'],
    [
      'pms.t1.dead.stage.mews.schema.abc.c1.rate.WORK-1',
      'pms.{tenant}.dead.stage.mews.{reason}.{fingerprint}.{connection}.rate.{origin}',
    ],
    ['pms.t1.outcome.r-1', 'pms.{tenant}.outcome.{receipt}'],
    ['pms.t1.raw.one.token.too.many.there', 'pms.{tenant}.{key}'],
    ['$KV.vault.c-1', '$KV.vault.{key}'],
  ])('leaves the ids out of %s', (subject, template) => {
    expect(templateOf(subject)).toBe(template);
  });
});
