import { runService } from '@roomwire/chassis';
import { buildSyncWorker } from './app.module.ts';
import { environment } from './environment.ts';

await runService('sync-worker', environment, buildSyncWorker);
