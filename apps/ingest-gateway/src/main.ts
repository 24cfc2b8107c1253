import { runService } from '@roomwire/chassis';
import { buildGateway } from './app.module.ts';
import { environment } from './environment.ts';

await runService('ingest-gateway', environment, buildGateway);
