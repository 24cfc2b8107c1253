import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, NatsContext, Payload } from '@nestjs/microservices';
import { vaultSubject, type Reply, type VaultOperation } from '@roomwire/vault-client';
import type { Front } from './front.ts';

/** Any caller's token: who it is, is read from the subject that the broker let it publish to. */
const from = (operation: VaultOperation): string => vaultSubject(operation, '*');

@Controller()
export class VaultController {
  constructor(private readonly front: Front) {}

  @MessagePattern(from('lease'))
  lease(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'lease'>> {
    return this.front.answer('lease', context.getSubject(), body);
  }

  @MessagePattern(from('report'))
  report(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'report'>> {
    return this.front.answer('report', context.getSubject(), body);
  }

  @MessagePattern(from('webhook-secrets'))
  webhookSecrets(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'webhook-secrets'>> {
    return this.front.answer('webhook-secrets', context.getSubject(), body);
  }

  @MessagePattern(from('put-credentials'))
  putCredentials(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'put-credentials'>> {
    return this.front.answer('put-credentials', context.getSubject(), body);
  }

  @MessagePattern(from('put-webhook-secret'))
  putWebhookSecret(@Payload() body: unknown, @Ctx() context: NatsContext): Promise<Reply<'put-webhook-secret'>> {
    return this.front.answer('put-webhook-secret', context.getSubject(), body);
  }
}
