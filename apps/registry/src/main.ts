import { runService } from '@roomwire/chassis';
import { buildRegistry } from './app.module.ts';
import { environment } from './environment.ts';

await runService('registry', environment, buildRegistry);
