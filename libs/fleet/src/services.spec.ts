import { readFileSync } from 'node:fs';
import { ALLOCATOR, NODE_FLAGS, replicasOf } from './services.ts';

describe('NODE_FLAGS', () => {
  it('are those of the images: what is measured is what runs', () => {
    const dockerfile = readFileSync(new URL('../../../deploy/Dockerfile', import.meta.url), 'utf8');

    expect(dockerfile).toContain(
      `ENTRYPOINT ${JSON.stringify(['node', ...NODE_FLAGS, '/app/main.mjs']).replaceAll('","', '", "')}`,
    );
    for (const [name, value] of Object.entries(ALLOCATOR)) expect(dockerfile).toContain(`${name}=${value}`);
  });
});

describe('replicasOf', () => {
  it('gives each service one process, or as many as are wanted, the first under its own name', () => {
    const names = replicasOf({ registry: 2, 'sync-worker': 0 }).map(({ name }) => name);

    expect(names).toEqual(['token-vault', 'ingest-gateway', 'normalizer', 'registry', 'registry-2', 'propagator']);
  });
});
