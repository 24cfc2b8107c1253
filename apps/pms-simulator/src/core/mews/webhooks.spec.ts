import { settleTry } from '../deliveries.ts';
import { storyStep } from '../story.ts';
import { guid, resourceId } from './ids.ts';
import { MewsSpec } from './spec-mews.ts';

type Body = { EnterpriseId: string; Events: { Discriminator: string; Value: { Id: string } }[] };
const bodyOf = (spec: MewsSpec, ...[command]: Parameters<MewsSpec['act']>): Body =>
  JSON.parse(spec.act(command).deliveries[0]!.body) as Body;
const kinds = ({ Events }: Body): string[] => Events.map(({ Discriminator }) => Discriminator);

describe('webhooks', () => {
  it('tell ids and nothing else, of everything that happened together', () => {
    const spec = new MewsSpec();
    const { record, deliveries } = spec.act({ act: 'book', status: 'new' });

    expect(deliveries).toHaveLength(1);
    expect(deliveries[0]!.url).toBe('http://receiver.invalid/mews?Token=shared');
    const body = JSON.parse(deliveries[0]!.body) as Body;
    expect(kinds(body)).toEqual(['ServiceOrderUpdated', 'CustomerAdded', 'CustomerUpdated']);
    expect(body.Events[0]!.Value).toEqual({ Id: guid(spec.account, 'reservation', record.id as number) });
  });

  it.each([
    [{ act: 'lateCheckout' }, 'ServiceOrderUpdated'],
    [{ act: 'unitStatus' }, 'ResourceUpdated'],
    [{ act: 'ticket', outOfOrder: true, title: 'Boiler' }, 'ResourceBlockUpdated'],
    [{ act: 'message' }, 'MessageAdded'],
  ] as const)('%j: %s', (command, kind) => {
    expect(kinds(bodyOf(new MewsSpec(), command))).toEqual([kind]);
  });

  it('say nothing of tasks', () => {
    expect(new MewsSpec().act({ act: 'task' }).deliveries).toEqual([]);
  });

  it('name every resource in one body, by enterprise', () => {
    const spec = new MewsSpec({ listings: 60, enterprises: 2 });

    const bodies = spec.act({ act: 'announce' }).deliveries.map(({ body }) => JSON.parse(body) as Body);

    expect(bodies.map(({ Events }) => Events.length)).toEqual([30, 30]);
    expect(bodies[0]!.Events[0]!.Value.Id).toBe(resourceId(spec.account, spec.account.listings[0]!.id, null));
  });

  it('wait for their batch where told so, and lose none', () => {
    const spec = new MewsSpec({ readings: { batch: 50 } });
    const deliveries = Array.from({ length: 200 }, () => storyStep(spec.world, (spec.now += 5_000))?.deliveries ?? []).flat();

    const bodies = deliveries.map(({ body }) => JSON.parse(body) as Body);

    expect(bodies.length).toBeGreaterThan(1);
    expect(Math.min(...bodies.map(({ Events }) => Events.length))).toBeGreaterThanOrEqual(50);
  });

  it('are tried again after a 4xx too, and dropped in the end', () => {
    const spec = new MewsSpec();
    const [delivery] = spec.act({ act: 'lateCheckout' }).deliveries;
    const settle = (tries: number, status: number): unknown =>
      settleTry(spec.world, spec.account, { ...delivery!, tries }, { status }, spec.now);

    expect(settle(1, 404)).toEqual({ kind: 'again', afterMs: 180_000 });
    expect(settle(5, 500)).toEqual({ kind: 'given-up', permanent: false });
    expect(settle(2, 204)).toEqual({ kind: 'done' });
  });

  it('go through a socket too, with the state, while one is open', () => {
    const spec = new MewsSpec();
    const sockets = (): unknown[] =>
      spec
        .act({ act: 'unitStatus', listing: spec.account.listings[0]!.id, status: 'clean' })
        .deliveries.filter(({ hook }) => hook === 'socket')
        .map(({ body }) => JSON.parse(body) as unknown);

    expect(sockets()).toEqual([]);
    spec.account.listeners = 1;
    const Id = resourceId(spec.account, spec.account.listings[0]!.id, null);
    expect(sockets()).toEqual([{ Events: [{ Type: 'Resource', Id, State: 'Clean' }] }]);
    spec.account.faults.disableWebhooks = true;
    expect(sockets()).toHaveLength(1);
  });
});
