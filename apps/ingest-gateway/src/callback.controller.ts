import { Controller, Get, Req, Res } from '@nestjs/common';
import { note, type Reply, type Request } from '@roomwire/chassis';
import type { CallbackDesk } from './callback.ts';
import { callbackOf, pageOf } from './callback-page.ts';

/** The address holds a code and a state: it is to stay in no cache, no history of another page's, and no frame. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** Where providers send a person back to who was asked to agree (`roomwire vault reauthorise --code-grant`). */
@Controller('oauth')
export class CallbackController {
  constructor(private readonly desk: () => Pick<CallbackDesk, 'take'> | undefined) {}

  @Get('callback')
  async callback(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const callback = callbackOf(request.query as Record<string, unknown>);
    const outcome = await (this.desk()?.take(callback) ?? 'unavailable');
    note(request, { outcome });
    const { status, html } = pageOf(outcome, callback);
    await reply.status(status).headers(HEADERS).send(html);
  }
}
