import type { ServerResponse } from 'node:http';
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { Problem } from '@roomwire/chassis';
import { parseFilter, type Filter } from './core/filter.ts';
import { Gate } from './gate.ts';
import { Hub } from './hub.ts';

/** What of Fastify's reply a stream needs: to take the connection out of its hands. */
export type Reply = { hijack(): unknown; raw: ServerResponse };
type Given = Readonly<Record<string, string | string[] | undefined>>;

const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
  // nginx and those who follow it would hold the frames back.
  'x-accel-buffering': 'no',
};

@Controller('v1')
export class StreamController {
  constructor(
    private readonly gate: Gate,
    private readonly hub: Hub,
  ) {}

  /** Snapshot, `live`, changes; see apps/propagator/README.md. Settles when the client has gone. */
  @Get('stream')
  async stream(@Headers() headers: Given, @Query() query: Given, @Res() reply: Reply): Promise<void> {
    const credentials = { authorization: single(headers['authorization']), ticket: single(query['ticket']) };
    const grant = await this.gate.admit(credentials, Date.now());
    const filter = filterOf(query);
    // EventSource sends the header by itself when it reconnects: it is newer than what the address was made with.
    const token = single(headers['last-event-id']) ?? single(query['lastEventId']);
    await this.hub.serve({ ...grant, filter, token }, () => {
      reply.hijack();
      return reply.raw.writeHead(200, HEAD);
    });
  }
}

function filterOf(query: Given): Filter {
  const parsed = parseFilter(query);
  if (parsed.ok) return parsed.filter;
  const detail = parsed.problems.map(
    ({ field, message, allowed }) => `${field}: ${message}${allowed ? `; allowed: ${allowed.join(', ')}` : ''}`,
  );
  throw new Problem(400, 'invalid', detail.join('. '), { errors: parsed.problems });
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}
