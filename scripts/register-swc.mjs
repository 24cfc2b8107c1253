/**
 * Runs our TypeScript without a build step:
 *   node --import ./scripts/register-swc.mjs --conditions=@roomwire/source apps/registry/src/main.ts
 * Needs Node 22.15 (synchronous module hooks); the lock brings Node 26.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { swcOptions } from './swc-options.mjs';

process.setSourceMapsEnabled(true);
registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/')) return nextLoad(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, ...swcOptions });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
