type Room = {
  name: string;
  occupancy: { state: string; basis: string };
  housekeeping: { status: string };
  maintenance: { outOfOrder: boolean };
  current: { guest: string | null; departsAt: string } | null;
  next: { guest: string | null; arrivesAt: string } | null;
};
type RoomChange = { tenant: string; receivedat: string; revision: number; data: Room };

const WAIT_MS = 1000;

/** Follows one tenant's rooms as a board in its back office would, and hands each change to `onChange`; resumes where it was cut. */
export function followRooms(propagator: string, apiToken: string, onChange: (line: string) => void, signal: AbortSignal): void {
  let lastEventId = '';
  const connect = async (): Promise<void> => {
    const headers = { authorization: `Bearer ${apiToken}`, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) };
    const response = await fetch(`${propagator}/v1/stream?kind=room`, { headers, signal });
    if (!response.ok || !response.body) throw new Error(`${response.status}`);
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (rest + chunk).split('\n\n');
      rest = frames.pop()!;
      for (const frame of frames) {
        const fields = Object.fromEntries(
          frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
        );
        if (fields['id']) lastEventId = fields['id'];
        if (fields['event'] === 'change' && fields['data'])
          onChange(lineOf(JSON.parse(fields['data']) as RoomChange, Date.now()));
      }
    }
  };
  const forever = async (): Promise<void> => {
    while (!signal.aborted) {
      await connect().catch(() => undefined);
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  };
  void forever();
}

function lineOf({ tenant, receivedat, revision, data }: RoomChange, now: number): string {
  const who = data.current
    ? `${data.current.guest ?? 'a guest'} until ${data.current.departsAt.slice(0, 16)}Z`
    : data.next
      ? `next ${data.next.guest ?? 'a guest'} at ${data.next.arrivesAt.slice(0, 16)}Z`
      : 'nobody expected';
  const repair = data.maintenance.outOfOrder ? ', out of order' : '';
  const latency = Math.max(0, now - Date.parse(receivedat));
  return [
    new Date(now).toISOString().slice(11, 23),
    tenant.padEnd(8),
    data.name.slice(0, 28).padEnd(28),
    `${data.occupancy.state}, ${data.housekeeping.status}${repair}`.padEnd(22),
    who.slice(0, 48).padEnd(48),
    `#${revision}`.padStart(4),
    `${latency} ms`.padStart(8),
  ].join('  ');
}
