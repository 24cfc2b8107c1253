import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, NatsContext, Payload } from '@nestjs/microservices';
import {
  vaultSubject,
  type KeyOperation,
  type KeyReply,
  type Reply,
  type StatusReply,
  type VaultOperation,
} from '@roomwire/vault-client';
import { answering } from './answer-span.ts';
import type { Front } from './front.ts';
import type { KeyDesk } from './key-desk.ts';
import type { StatusDesk } from './status-desk.ts';

/** Any caller's token: who it is, is read from the subject that the broker let it publish to. */
const from = (operation: VaultOperation | KeyOperation | 'status'): string => vaultSubject(operation, '*');

@Controller()
export class VaultController {
  constructor(
    private readonly front: Front,
    private readonly keyDesk: KeyDesk,
    private readonly statusDesk: StatusDesk,
  ) {}

  @MessagePattern(from('lease'))
  lease(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'lease'>> {
    return answering('lease', context, () => this.front.answer('lease', context.getSubject(), body));
  }

  @MessagePattern(from('report'))
  report(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'report'>> {
    return answering('report', context, () => this.front.answer('report', context.getSubject(), body));
  }

  @MessagePattern(from('webhook-secrets'))
  webhookSecrets(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'webhook-secrets'>> {
    return answering('webhook-secrets', context, () => this.front.answer('webhook-secrets', context.getSubject(), body));
  }

  @MessagePattern(from('put-credentials'))
  putCredentials(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'put-credentials'>> {
    return answering('put-credentials', context, () => this.front.answer('put-credentials', context.getSubject(), body));
  }

  @MessagePattern(from('put-webhook-secret'))
  putWebhookSecret(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'put-webhook-secret'>> {
    return answering('put-webhook-secret', context, () => this.front.answer('put-webhook-secret', context.getSubject(), body));
  }

  @MessagePattern(from('reauthorise'))
  reauthorise(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'reauthorise'>> {
    return answering('reauthorise', context, () => this.front.answer('reauthorise', context.getSubject(), body));
  }

  @MessagePattern(from('begin-code-grant'))
  beginCodeGrant(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'begin-code-grant'>> {
    return answering('begin-code-grant', context, () => this.front.answer('begin-code-grant', context.getSubject(), body));
  }

  @MessagePattern(from('redeem-code'))
  redeemCode(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'redeem-code'>> {
    return answering('redeem-code', context, () => this.front.answer('redeem-code', context.getSubject(), body));
  }

  @MessagePattern(from('status'))
  status(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<StatusReply> {
    return this.statusDesk.answer(context.getSubject(), body);
  }

  @MessagePattern(from('keys'))
  keys(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<KeyReply> {
    return this.keyDesk.answer('keys', context.getSubject(), body);
  }

  @MessagePattern(from('rotate-keys'))
  rotateKeys(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<KeyReply> {
    return this.keyDesk.answer('rotate-keys', context.getSubject(), body);
  }
}
