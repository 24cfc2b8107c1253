import type { JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { ageAll, madeOld } from '@roomwire/testkit';
import { FollowedMessage } from './stored-message.ts';

function message(seq: number): JsMsg {
  const head = headers();
  head.set('Receipt', `r${seq}`);
  return { subject: `s.${seq}`, seq, data: new Uint8Array([seq]), headers: head, time: new Date(seq) } as JsMsg;
}

describe('FollowedMessage', () => {
  it('says what the stream keeps of a message', () => {
    const followed = new FollowedMessage(message(7));
    const { subject, seq, time, data, headers } = followed;
    expect({ subject, seq, time, data, headers }).toEqual({
      ...{ subject: 's.7', seq: 7, time: new Date(7), data: new Uint8Array([7]) },
      headers: [['Receipt', 'r7']],
    });
    expect([followed.header('Receipt'), followed.header('None')]).toEqual(['r7', '']);
  });

  it('leaves nothing of a message behind for a full collection', () => {
    ageAll();
    const bytes = madeOld(() => {
      for (let seq = 0; seq < 20_000; seq++) new FollowedMessage(message(seq)).header('Receipt');
    });
    expect(bytes).toBeLessThan(5_000_000);
  });
});
