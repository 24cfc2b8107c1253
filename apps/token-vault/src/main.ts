import { runService } from '@roomwire/chassis';
import { buildTokenVault } from './app.module.ts';
import { environment } from './environment.ts';

await runService('token-vault', environment, buildTokenVault);
