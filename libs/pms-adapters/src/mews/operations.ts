import type { Kind } from '@roomwire/events';
import type { RequestPlan } from '@roomwire/pms-port';

/** Names us to Mews in every request. */
const CLIENT = 'Roomwire 1.0.0';

/**
 * Most items of one answer. Mews gives up to 1,000; an answer is one message of ours, and the broker takes 2 MB: a reservation has
 * some 2 KB, a resource with texts in five languages more.
 */
export const COUNT = 300;

/** An operation that gives a list: where it is, and by which field it is asked for ids. `also`: what else makes it whole. */
export type Operation = { path: string; list: string; ids: string; also: Record<string, unknown> };

export const OPERATIONS = {
  enterprises: { path: 'enterprises/getAll', list: 'Enterprises', ids: 'EnterpriseIds', also: {} },
  reservations: { path: 'reservations/getAll/2023-06-06', list: 'Reservations', ids: 'ReservationIds', also: {} },
  resources: {
    path: 'resources/getAll',
    list: 'Resources',
    ids: 'ResourceIds',
    // Without `Inactive` a closed room would be left out, and be taken for one that never was.
    also: { Extent: { Resources: true, ResourceCategoryAssignments: true, Inactive: true } },
  },
  'resource-blocks': {
    path: 'resourceBlocks/getAll',
    list: 'ResourceBlocks',
    ids: 'ResourceBlockIds',
    also: { ActivityStates: ['Active', 'Deleted'] },
  },
  tasks: { path: 'tasks/getAll', list: 'Tasks', ids: 'TaskIds', also: {} },
} as const satisfies Record<string, Operation>;
export type OperationName = keyof typeof OPERATIONS;

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

/** A resource that is out of order is a ticket of ours beside those of blocks, which have ids of the same form. */
const OF_STATE = 'state/';
export const stateTicket = (resource: string): string => `${OF_STATE}${resource}`;
export const mewsId = (entity: string): string => (entity.startsWith(OF_STATE) ? entity.slice(OF_STATE.length) : entity);

export function operationOf(kind: Kind, entity: string): OperationName | undefined {
  if (entity.startsWith(OF_STATE)) return kind === 'ticket' ? 'resources' : undefined;
  return KINDS[kind];
}

const KINDS: Partial<Record<Kind, OperationName>> = {
  property: 'enterprises',
  reservation: 'reservations',
  unit: 'resources',
  'unit-status': 'resources',
  ticket: 'resource-blocks',
  task: 'tasks',
};

/** Every request is a POST of JSON; the tokens are put into its body by who sends it. */
export function request(operation: string, path: string, body: object): RequestPlan & { method: 'POST' } {
  return {
    operation,
    method: 'POST',
    path: `/api/connector/v1/${path}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Client: CLIENT, ...body }),
  };
}

/** Needs no permission of its own. */
export const probe = request('probe', 'configuration/get', {});

/** `filter` narrows the list; `cursor`: the id that the page before ended with. */
export function listRequest(name: OperationName, filter: object, cursor?: string): RequestPlan & { method: 'POST' } {
  const { path, also } = OPERATIONS[name];
  const Limitation = { Count: COUNT, ...(cursor ? { Cursor: cursor } : {}) };
  return request(name, path, { ...also, ...filter, Limitation });
}
