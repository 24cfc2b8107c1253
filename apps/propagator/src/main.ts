import { runService } from '@roomwire/chassis';
import { buildPropagator } from './app.module.ts';
import { environment } from './environment.ts';

await runService('propagator', environment, buildPropagator);
