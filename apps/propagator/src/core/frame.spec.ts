import { changeFrame, liveFrame, mustRefetchFrame, snapshotFrame } from './frame.ts';

describe('frames', () => {
  it('carry the stored bytes as they are', () => {
    expect(changeFrame('tok', Buffer.from('{"a":"é"}')).toString()).toBe('event: change\nid: tok\ndata: {"a":"é"}\n\n');
  });

  it('are one line of data whatever the publisher wrote', () => {
    const pretty = Buffer.from(JSON.stringify({ a: 'x\ny', b: [1] }, null, 2).replaceAll('\n', '\r\n'));

    const frame = changeFrame('tok', pretty).toString();

    const data = /^data: (.*)$/m.exec(frame)?.[1];
    expect(JSON.parse(data ?? '')).toEqual({ a: 'x\ny', b: [1] });
    expect(frame.split('\n')).toHaveLength(5);
  });

  it('become snapshots without a copy of the data', () => {
    const change = changeFrame('tok', Buffer.from('{}'));

    const [line, rest] = snapshotFrame(change);

    expect(`${line.toString()}${rest.toString()}`).toBe('event: snapshot\nid: tok\ndata: {}\n\n');
    expect(rest.buffer).toBe(change.buffer);
  });

  it('say when the stream is live, and from where it can be resumed', () => {
    expect(liveFrame('t1', 'tok').toString()).toBe('event: live\nid: tok\ndata: {"tenant":"t1","lastEventId":"tok"}\n\n');
  });

  it('give no id to resume from when all must be fetched again', () => {
    expect(mustRefetchFrame('other-stream').toString()).toBe('event: must-refetch\ndata: {"reason":"other-stream"}\n\n');
  });
});
