import type { Ticket, UnitStatus, Work } from './housekeeping.ts';
import { rfc3339 } from './stamps.ts';

/** The facts of the signed webhook, as its receiver wants them: each carries its own time, in milliseconds. */
export const unitStatusFact = ({ unit, status, modifiedAt, by }: UnitStatus): object => ({
  ...{ kind: 'unit-status', id: unit, unit, status, modifiedAt: rfc3339(modifiedAt), by },
});

export const workFact = ({ id, unit, type, status, title, due, modifiedAt, by }: Work): object => ({
  ...{ kind: 'task', id, unit, type, status, title },
  ...(due === null ? {} : { due }),
  ...{ modifiedAt: rfc3339(modifiedAt), by },
});

export const ticketFact = ({ id, unit, title, status, outOfOrder, from, until, modifiedAt, by }: Ticket): object => ({
  ...{ kind: 'ticket', id, unit, title, status, outOfOrder },
  ...(from === null ? {} : { from }),
  ...(until === null ? {} : { until }),
  ...{ modifiedAt: rfc3339(modifiedAt), by },
});
