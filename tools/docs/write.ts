/**
 * Writes docs/environment.md, docs/metrics.md, docs/providers.md and docs/rooms.md from the code:
 *   node --import ./scripts/register-swc.mjs --conditions=@roomwire/source tools/docs/write.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { roomsDoc } from '../../apps/registry/src/cases/outcome.ts';
import { providersDoc } from './providers.ts';
import { environmentDoc, metricsDoc } from './tables.ts';

const docs = join(import.meta.dirname, '../../docs');
writeFileSync(join(docs, 'environment.md'), await environmentDoc());
writeFileSync(join(docs, 'metrics.md'), metricsDoc());
writeFileSync(join(docs, 'providers.md'), providersDoc());
writeFileSync(join(docs, 'rooms.md'), roomsDoc());
