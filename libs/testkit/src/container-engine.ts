/** By default what deploy/compose.yaml runs. */
export const containerImages = {
  nats: process.env.ROOMWIRE_NATS_IMAGE ?? 'nats:2.14-alpine',
  redis: process.env.ROOMWIRE_REDIS_IMAGE ?? 'redis:8-alpine',
} as const;

const PULL_MS_MAX = 120_000;

/**
 * Why these images cannot be run here; undefined = they can. What is missing is pulled. Asked at the top of a spec file: a test that
 * has started cannot be skipped any more.
 */
export async function whyNoContainers(images: readonly string[]): Promise<string | undefined> {
  // Here and not above: it is slow to load, and every spec loads this package.
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers');
  const client = await getContainerRuntimeClient().catch(() => undefined);
  if (!client) return 'no container engine answers';
  for (const name of images) {
    const image = ImageName.fromString(name);
    if (await client.image.exists(image)) continue;
    // Some engines answer a pull that failed as if it had not: what counts is whether the image is there.
    await Promise.race([client.image.pull(image), abandoned(PULL_MS_MAX)]).catch(() => undefined);
    if (!(await client.image.exists(image))) return `${name} is not here and cannot be pulled`;
  }
  return undefined;
}

function abandoned(ms: number): Promise<never> {
  const signal = AbortSignal.timeout(ms);
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('took too long'))));
}
