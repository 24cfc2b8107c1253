import { isRefused, type Done, type Refused } from '../act-scene.ts';
import type { ActRequest } from '../act-command.ts';
import { UNIT_STATES, type UnitState } from '../housekeeping.ts';
import { pushed, pushedAs } from '../push.ts';
import { formOf, type Answer } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { isDate } from '../stamps.ts';
import { listingOf, type Account } from '../world.ts';
import { both, failure, localStamp, ok, properties, WRONG_PROPERTY } from './answer.ts';
import { branches, leaf, treeOf, type Tree } from './form.ts';
import { cloudbedsOf, roomsOf, type Job, type RateUpdate, type Room } from './own.ts';
import { conditionOf, doorOfRoom, flagsOf } from './wire-room.ts';

const INTERVALS_MAX = 30;

/** Behind a form whose property is this account's. */
const written =
  (answer: (call: Call, form: URLSearchParams) => Answer) =>
  (call: Call): Answer => {
    const form = formOf(call.request);
    return properties(call, form) ? answer(call, form) : WRONG_PROPERTY;
  };

export const pushRoutes: readonly Route[] = [
  ...both('POST', 'postHousekeepingStatus', written(housekeeping)),
  ...both('PATCH', 'patchRate', written(rates('patch'))),
  ...both('PUT', 'putRate', written(rates('put'))),
  ...both('POST', 'postRoomBlock', written(block)),
  ...both(
    'PUT',
    'putRoomBlock',
    written((call, form) => {
      const dates = { from: form.get('startDate') ?? undefined, until: form.get('endDate') ?? undefined };
      if (Object.values(dates).some((date) => date !== undefined && !isDate(date))) return failure('Invalid dates');
      const said = Object.fromEntries(Object.entries(dates).filter(([, date]) => date !== undefined));
      const command: ActRequest = { act: 'ticket', ticket: form.get('roomBlockID') ?? '', status: 'open', ...said };
      return told(pushed(call, command), ({ id }) => ({ roomBlockID: id }));
    }),
  ),
  ...both('DELETE', 'deleteRoomBlock', (call) => {
    const ticket = call.request.query.get('roomBlockID') ?? formOf(call.request).get('roomBlockID') ?? '';
    return told(pushed(call, { act: 'ticket', ticket, status: 'closed' }), ({ id }) => ({ roomBlockID: id }));
  }),
  ...both('PUT', 'putReservation', written(status)),
  ...both(
    'POST',
    'postRoomCheckIn',
    written((call, form) => act(call, form, 'checkIn')),
  ),
  ...both(
    'POST',
    'postRoomCheckOut',
    written((call, form) => act(call, form, 'checkOut')),
  ),
  ...both(
    'POST',
    'postRoomAssign',
    written((call, form) => {
      const room = roomOf(call.account, form.get('newRoomID') ?? form.get('roomID'));
      if (!room) return failure('Room not found');
      const { listing, unitId } = room;
      const command: ActRequest = {
        act: 'move',
        reservation: reservationOf(form),
        to: listing.id,
        ...(unitId === null ? {} : { unit: unitId }),
      };
      return told(pushed(call, command), ({ id }) => ({ reservationID: String(id) }));
    }),
  ),
  ...both('POST', 'postReservation', written(book)),
];

const told = (
  record: ReturnType<typeof pushed>,
  data: (record: Exclude<ReturnType<typeof pushed>, Refused>) => object,
): Answer => (isRefused(record) ? failure(record.refused) : ok(data(record)));

const roomOf = (account: Account, id: string | null): Room | undefined => roomsOf(account).find(({ roomID }) => roomID === id);
const reservationOf = (form: URLSearchParams): number =>
  Number((form.get('reservationID') ?? form.get('subReservationID'))?.split('-')[0]);

const act = (call: Call, form: URLSearchParams, name: 'checkIn' | 'checkOut' | 'cancel' | 'noShow' | 'confirm'): Answer =>
  told(pushed(call, { act: name, reservation: reservationOf(form), by: 'host' }), ({ id }) => ({ reservationID: String(id) }));

function status(call: Call, form: URLSearchParams): Answer {
  const acts = {
    canceled: 'cancel',
    confirmed: 'confirm',
    checked_in: 'checkIn',
    checked_out: 'checkOut',
    no_show: 'noShow',
  } as const;
  const asked = form.get('status') ?? '';
  return asked in acts ? act(call, form, acts[asked as keyof typeof acts]) : failure('Invalid status');
}

/** Without anything optional it switches the condition (SPEC): who repeats such a call undoes it. */
function housekeeping(call: Call, form: URLSearchParams): Answer {
  const { account } = call;
  const room = roomOf(account, form.get('roomID'));
  if (!room) return failure('Room not found');
  const door = doorOfRoom(room);
  const flags = ['doNotDisturb', 'refusedService', 'vacantPickup'] as const;
  const said = flags.filter((name) => form.has(name));
  const comments = form.get('roomComments');
  const switched = said.length === 0 && comments === null ? (conditionOf(account, door) === 'dirty' ? 'clean' : 'dirty') : null;
  const asked = form.get('roomCondition') ?? switched;
  const state = UNIT_STATES.find((known) => known === asked && known !== 'cleaning');
  const { inspected } = cloudbedsOf(account).config.readings;
  if (asked !== null && (!state || (state === 'inspected' && !inspected))) return failure('Invalid roomCondition');
  if (said.length > 0 || comments !== null) {
    const given = Object.fromEntries(said.map((name) => [name, form.get(name) === 'true']));
    const before = flagsOf(account, door);
    cloudbedsOf(account).flags.set(door, { ...before, ...given, roomComments: comments ?? before.roomComments });
  }
  if (state) setCondition(call, door, state);
  const date = localStamp(account.config.timeZone, call.now + account.faults.skewMs);
  return ok({ date, roomID: room.roomID, roomCondition: conditionOf(account, door), ...flagsOf(account, door) });
}

function setCondition(call: Call, door: string, state: UnitState): void {
  pushedAs(call, 'unitStatus', ({ account, clock }): Done => {
    const next = { ...account.unitStatuses.get(door)!, status: state, modifiedAt: clock, by: 'API' };
    account.unitStatuses.set(door, next);
    const notices = [{ about: 'units', doors: [next], announced: false } as const];
    return { kind: 'unit-status', id: door, listings: [next.listingId], notices };
  });
}

/** A job: whether its rates are there at all is told only when it is done. */
function rates(action: string) {
  return (call: Call, form: URLSearchParams): Answer => {
    const { account, now } = call;
    const own = cloudbedsOf(account);
    const updates = branches(treeOf(form)['rates']).flatMap((one) =>
      branches(one['interval']).map((interval) => update(account, one, interval)),
    );
    if (updates.length === 0 || updates.includes(undefined)) return failure('Invalid rates');
    if (updates.length > INTERVALS_MAX) return failure(`No more than ${INTERVALS_MAX} intervals`);
    const { jobMs } = own.config.readings;
    const id = `job-${own.nextId++}`;
    const job: Job = { id, action, at: now, dueAt: now + jobMs, done: false, updates: updates as RateUpdate[] };
    own.jobs.push(job);
    const failed = job.updates.some(({ listing }) => !listing);
    const { listing } = job.updates.find((one) => one.listing) ?? { listing: account.listings[0] };
    pushedAs(call, 'rates', (): Done => ({
      ...{ kind: 'job', id, listings: [] },
      notices: [{ about: 'job', id, status: failed ? 'error' : 'completed', listing: listing!, afterMs: jobMs }],
    }));
    return { status: 200, body: { success: true, jobReferenceID: id } };
  };
}

function update(account: Account, one: Tree, interval: Tree): RateUpdate | undefined {
  const rateID = leaf(one, 'rateID') ?? '';
  const [startDate, endDate] = [leaf(interval, 'startDate') ?? '', leaf(interval, 'endDate') ?? ''];
  if (!isDate(startDate) || !isDate(endDate) || endDate < startDate) return undefined;
  const number = (name: string): number | undefined => {
    const text = leaf(interval, name);
    return text === undefined ? undefined : Number(text);
  };
  const flag = (name: string): boolean | undefined => {
    const text = leaf(interval, name);
    return text === undefined ? undefined : ['true', '1'].includes(text);
  };
  const said = {
    ...{ price: number('rate'), minStay: number('minLos'), maxStay: number('maxLos'), closed: flag('blocked') },
    ...{ closedToArrival: flag('closedToArrival'), closedToDeparture: flag('closedToDeparture') },
  };
  if (Object.values(said).some((value) => Number.isNaN(value))) return undefined;
  const set = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return { listing: listingOf(account, Number(rateID)), rateID, startDate, endDate, set };
}

function block(call: Call, form: URLSearchParams): Answer {
  const tree = treeOf(form);
  const [first] = branches(tree['rooms']);
  const room = roomOf(call.account, form.get('roomID') ?? (first ? (leaf(first, 'roomID') ?? null) : null));
  const [from, until] = [form.get('startDate') ?? '', form.get('endDate') ?? ''];
  if (!room) return failure('Room not found');
  if (!isDate(from) || !isDate(until)) return failure('Invalid dates');
  const title = form.get('roomBlockReason') ?? 'Blocked';
  const door = room.unitId === null ? {} : { unit: room.unitId };
  const command: ActRequest = { act: 'ticket', listing: room.listing.id, ...door, title, from, until, outOfOrder: true };
  return told(pushed(call, command), ({ id }) => ({ roomBlockID: id }));
}

function book(call: Call, form: URLSearchParams): Answer {
  const [first] = branches(treeOf(form)['rooms']);
  const listing = Number(form.get('roomTypeID') ?? (first ? leaf(first, 'roomTypeID') : undefined));
  const [arrivalDate, departureDate] = [form.get('startDate') ?? '', form.get('endDate') ?? ''];
  if (!isDate(arrivalDate) || !isDate(departureDate)) return failure('Invalid dates');
  const guestName = `${form.get('guestFirstName') ?? ''} ${form.get('guestLastName') ?? ''}`.trim();
  const said = guestName === '' ? {} : { guestName };
  const command: ActRequest = { act: 'book', listing, arrivalDate, departureDate, status: 'new', ...said };
  return told(pushed(call, command), ({ id }) => ({ reservationID: String(id), status: 'confirmed' }));
}
