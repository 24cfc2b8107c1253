import { Controller, Header, Headers, Post } from '@nestjs/common';
import { Gate } from './gate.ts';

@Controller('v1')
export class TicketController {
  constructor(private readonly gate: Gate) {}

  /** For browsers, whose EventSource cannot send a header: good for one minute in `?ticket=`. */
  @Post('tickets')
  @Header('cache-control', 'no-store')
  ticket(@Headers('authorization') authorization?: string): Promise<{ ticket: string; expiresAt: string }> {
    return this.gate.ticket(authorization, Date.now());
  }
}
