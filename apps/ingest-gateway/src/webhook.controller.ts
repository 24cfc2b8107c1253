import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { note, Problem, type Request } from '@roomwire/chassis';
import type { WebhookRequest } from '@roomwire/pms-port';
import { counter, histogram, hopFigure, type Meter } from '@roomwire/telemetry';
import type { Intake, Taken } from './intake.ts';

const RETRY_AFTER = { 'retry-after': '5' };

@Controller('v1')
export class WebhookController {
  private readonly counted;
  private readonly duration;
  private readonly hop;

  constructor(
    private readonly intake: () => Intake | undefined,
    meter: Meter,
  ) {
    this.counted = counter(meter, 'roomwire_webhooks_total');
    this.duration = histogram(meter, 'roomwire_webhook_duration_seconds');
    this.hop = hopFigure(meter);
  }

  /** 202 is true: the bytes are stored. Nothing is answered 4xx that may be right (Hostaway never comes back after one). */
  @Post('webhooks/:provider/:connection')
  @HttpCode(202)
  async take(
    @Param('provider') provider: string,
    @Param('connection') connection: string,
    @Req() request: Request,
  ): Promise<{ receipt: string }> {
    const receivedAt = Date.now();
    const webhook = { provider, connection, headers: headersOf(request), query: queryOf(request), body: bodyOf(request) };
    const taken = await (this.intake()?.take(webhook, receivedAt) ?? NO_LINK);
    const { provider: known } = taken.facts;
    note(request, { verdict: taken.kind, bytes: webhook.body.byteLength, ...taken.facts });
    this.counted.add(1, { provider: known, verdict: taken.kind });
    if (taken.kind !== 'stored') throw problemOf(taken);
    this.duration.record((Date.now() - receivedAt) / 1000, { provider: known });
    this.hop('stored', 'live', receivedAt, taken.handedAt);
    return { receipt: taken.receipt };
  }
}

const NO_LINK: Taken = {
  kind: 'unavailable',
  reason: 'nats-unavailable',
  facts: { provider: 'unknown', reason: 'nats-unavailable' },
};

function problemOf(taken: Exclude<Taken, { kind: 'stored' }>): Problem {
  switch (taken.kind) {
    case 'unknown':
      return new Problem(404, 'unknown-connection', 'no such connection of this provider');
    case 'forged':
      return new Problem(
        401,
        'unauthorised',
        taken.reason,
        {},
        taken.basic ? { 'www-authenticate': 'Basic realm="roomwire"' } : {},
      );
    case 'malformed':
      return new Problem(400, 'malformed', taken.reason);
    case 'too-large':
      return new Problem(413, 'body-too-large', 'larger than what the broker stores');
    case 'crowded':
      return new Problem(429, 'too-many-requests', 'too many webhooks of this tenant at a time', {}, RETRY_AFTER);
    case 'unavailable':
      return new Problem(503, 'unavailable', `cannot take it now (${taken.reason}): send it again`, {}, RETRY_AFTER);
  }
}

/** A header that was sent more than once is joined as HTTP says. */
function headersOf(request: Request): WebhookRequest['headers'] {
  const entries = Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return Object.fromEntries(entries) as WebhookRequest['headers'];
}

/** The framework's own reading of a query makes lists and objects of some; ours are texts. */
function queryOf(request: Request): WebhookRequest['query'] {
  const parameters = new URLSearchParams(request.url.split('?').slice(1).join('?'));
  return Object.fromEntries([...parameters].reverse());
}

/** A request without a body has no bytes; what to think of that is the adapter's. */
function bodyOf(request: Request): Uint8Array {
  return (request.body as Buffer | null | undefined) ?? new Uint8Array();
}
