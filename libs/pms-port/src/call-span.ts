import type { SpanStart } from '@roomwire/telemetry';

/** A word of an API's own: an id of letters alone that no plan names is the one thing it would let through, and no provider has such. */
const WORD = /^(?:v\d{1,2}|[a-z][A-Za-z_-]{0,40})$/;

/** A request's path with ids and query left out: `/v1/reservations/{id}`. `ids`: those that are known to be in it. */
export function pathTemplate(path: string, ids: readonly string[] = []): string {
  const known = new Set(ids.flatMap((id) => [id, encodeURIComponent(id), ...id.split(/[^A-Za-z0-9]+/)]));
  const segments = path.split('?')[0]!.split('/').slice(1);
  return segments.map((segment) => `/${WORD.test(segment) && !known.has(segment) ? segment : '{id}'}`).join('');
}

/**
 * A call of a provider. The whole address is left out, although the convention wants it: ids, and with some providers secrets, are in
 * it. Nothing of the trace is sent to the provider.
 */
export function callSpan(
  provider: string,
  base: string,
  { method, path, operation, ids }: { method: string; path: string; operation: string; ids?: readonly string[] },
): SpanStart {
  const template = pathTemplate(path, ids);
  const { hostname, port, protocol } = URL.parse(base) ?? { hostname: undefined, port: '', protocol: '' };
  return {
    name: `${method} ${template}`,
    kind: 'client',
    attributes: {
      ...{ 'http.request.method': method, 'url.template': template, 'server.address': hostname },
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      ...{ 'roomwire.provider': provider, 'roomwire.operation': operation },
    },
  };
}
