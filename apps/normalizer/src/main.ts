import { runService } from '@roomwire/chassis';
import { buildNormalizer } from './app.module.ts';
import { environment } from './environment.ts';

await runService('normalizer', environment, buildNormalizer);
