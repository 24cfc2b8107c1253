import { pathSegment, PmsError, type ReadJob, type ReadPlan } from '@roomwire/pms-port';

export function readRequest({ kind, entities: [entity = ''] }: ReadJob): ReadPlan {
  const plan = (operation: string, path: string): ReadPlan => ({ operation, method: 'GET', path, ids: [entity], answers: [404] });
  if (kind === 'reservation') return plan('reservation', `/v1/reservations/${pathSegment(entity)}?includeResources=1`);
  if (kind === 'property') return plan('listing', `/v1/listings/${pathSegment(entity)}`);
  const [conversation, message, ...more] = entity.split('/');
  if (kind === 'message' && conversation && message && more.length === 0)
    return plan('message', `/v1/conversations/${pathSegment(conversation)}/messages/${pathSegment(message)}`);
  throw new PmsError('invalid-request', { provider: 'hostaway', operation: `read-${kind}`, detail: 'no such id or kind' });
}
