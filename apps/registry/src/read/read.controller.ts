import { Controller, Get, Req, Res } from '@nestjs/common';
import { note, Problem, type Reply, type Request } from '@roomwire/chassis';
import type { Tenant } from '@roomwire/events';
import { tenantOfToken } from '../api-token.ts';
import type { Tables } from '../catalogue.ts';
import type { CatalogueLists } from './catalogue-lists.ts';
import type { ConflictLists } from './conflict-lists.ts';
import { askedOf } from './core/asked.ts';
import { etagOf, namesTag } from './core/etag.ts';
import { openApi } from './core/openapi.ts';
import { OPERATIONS, type Answer, type Asked, type Operation } from './core/operations.ts';
import type { Histories } from './histories.ts';
import type { RecordLists } from './record-lists.ts';
import type { Whole } from './whole.ts';

/** The read API: what Roomwire holds of a tenant, now. Each route is an operation, in which its requests and answers are described. */
@Controller('v1')
export class ReadController {
  private readonly description = JSON.stringify(openApi());

  constructor(
    private readonly tables: Pick<Tables, 'tenants'>,
    private readonly whole: Whole,
    private readonly catalogue: CatalogueLists,
    private readonly records: RecordLists,
    private readonly conflictLists: ConflictLists,
    private readonly histories: Histories,
  ) {}

  /** The only one without a token: it says nothing of anybody. */
  @Get('openapi.json')
  openApi(@Req() request: Request, @Res() reply: Reply): void {
    send(request, reply, this.description);
  }

  @Get(OPERATIONS.properties.path)
  properties(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.properties, request, reply, (tenant, asked) => this.catalogue.properties(tenant, asked));
  }

  @Get(OPERATIONS.units.path)
  units(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.units, request, reply, (tenant, asked) => this.catalogue.listUnits(tenant, asked));
  }

  @Get(OPERATIONS.rooms.path)
  rooms(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.rooms, request, reply, (tenant, asked) => this.catalogue.rooms(tenant, asked));
  }

  @Get(OPERATIONS.room.path)
  room(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.room, request, reply, (tenant, asked) => this.catalogue.room(tenant, asked));
  }

  @Get(OPERATIONS.roomHistory.path)
  roomHistory(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.roomHistory, request, reply, (tenant, asked) => this.histories.ofRoom(tenant, asked));
  }

  @Get(OPERATIONS.reservations.path)
  reservations(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.reservations, request, reply, (tenant, asked) => this.records.reservations(tenant, asked));
  }

  @Get(OPERATIONS.reservationHistory.path)
  reservationHistory(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.reservationHistory, request, reply, (tenant, asked) =>
      this.histories.ofRecord(tenant, { ...asked, kind: 'reservation' }),
    );
  }

  @Get(OPERATIONS.conflicts.path)
  conflicts(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.conflicts, request, reply, (tenant, asked) => this.conflictLists.conflicts(tenant, asked));
  }

  @Get(OPERATIONS.conflict.path)
  conflict(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.conflict, request, reply, (tenant, asked) => this.conflictLists.conflict(tenant, asked));
  }

  @Get(OPERATIONS.conflictHistory.path)
  conflictHistory(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.conflictHistory, request, reply, (tenant, asked) => this.histories.ofConflict(tenant, asked));
  }

  @Get(OPERATIONS.record.path)
  record(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.record, request, reply, (tenant, asked) => this.records.record(tenant, asked));
  }

  @Get(OPERATIONS.history.path)
  history(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.serve(OPERATIONS.history, request, reply, (tenant, asked) => this.histories.ofRecord(tenant, asked));
  }

  /** Who asks comes first: what is wrong with a request is nobody's business but a tenant's. */
  private async serve<O extends Operation>(
    operation: O,
    request: Request,
    reply: Reply,
    read: (tenant: Tenant, asked: Asked<O>) => Promise<Answer<O>>,
  ): Promise<void> {
    const tenant = await tenantOfToken(request.headers.authorization, this.tables.tenants);
    note(request, { tenant: tenant.id });
    const parsed = askedOf<O['params'], O['query']>(operation, request);
    if ('wrong' in parsed) {
      const detail = parsed.wrong.map(({ field, message }) => `${field}: ${message}`).join('; ');
      throw new Problem(400, 'invalid', detail.slice(0, 1000), { errors: parsed.wrong });
    }
    const answer = await this.whole.read(tenant.id, () => read(tenant, parsed.asked));
    send(request, reply, JSON.stringify(answer));
  }
}

/** Kept by whoever asked and by no cache between, and asked about again each time: most often the answer is 304. */
function send(request: Request, reply: Reply, body: string): void {
  const etag = etagOf(body);
  reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'authorization' });
  if (namesTag(request.headers['if-none-match'], etag)) void reply.status(304).send();
  else void reply.type('application/json; charset=utf-8').send(body);
}
