/** Something that outlives a test unless somebody closes it: a server, a process, a listening socket. */
export interface OpenResource {
  readonly name: string;
  /** The last lines it said, shown when a test fails. */
  log?(): string;
  /** At once and whatever its state; must not throw. */
  kill(): void;
}

/**
 * Known by a symbol rather than by import, so that the test environment, which lives outside jest's module registry, sees it too
 * (`leak-guard-environment.mjs`).
 */
const KEY = Symbol.for('roomwire.open-resources');
type Holder = typeof globalThis & { [KEY]?: Set<OpenResource> };

export function openResources(): Set<OpenResource> {
  return ((globalThis as Holder)[KEY] ??= new Set());
}

/** Called where the resource is made; the answer is called where it has been closed. */
export function track(resource: OpenResource): () => void {
  openResources().add(resource);
  return () => void openResources().delete(resource);
}
