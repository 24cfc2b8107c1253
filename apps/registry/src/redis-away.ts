const AWAY = /ECONN|Connection is closed|max retries|isn't writeable|READONLY|LOADING|Command timed out|OOM/;

/** Whether an error says that Redis cannot serve at the moment, rather than that we asked for something wrong. */
export function isRedisAway(error: unknown): boolean {
  return error instanceof Error && AWAY.test(`${error.name} ${error.message}`);
}
