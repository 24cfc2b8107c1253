import { z } from 'zod';
import { named, problem } from './answers.ts';
import { OPERATIONS, type Operation } from './operations.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1 of the read API: made of the schemas that parse its requests and that its answers are checked against. */
export function openApi(): Json {
  return {
    openapi: '3.1.1',
    info: { title: 'Roomwire: the read API', version: '1', description: 'What Roomwire holds of a tenant, now. Read only.' },
    servers: [{ url: '/' }],
    security: [{ apiToken: [] }],
    paths: Object.fromEntries(
      Object.entries(OPERATIONS).map(([name, operation]) => [pathOf(operation), { get: operationOf(name, operation) }]),
    ),
    components: {
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: 'An API token; the tenant is the one that it was made for' },
      },
      schemas: schemas(),
    },
  };
}

const pathOf = ({ path }: Operation): string => `/v1/${path.replaceAll(/:(\w+)/g, '{$1}')}`;
const refTo = (id: string): string => `#/components/schemas/${id}`;

function operationOf(name: string, { summary, params, query, answer }: Operation): Json {
  return {
    operationId: name,
    summary,
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query'), ifNoneMatch],
    responses: {
      200: {
        description: 'what is held',
        headers: { ETag: etag },
        content: { 'application/json': { schema: referred(answer) } },
      },
      304: { description: 'it is what `If-None-Match` names', headers: { ETag: etag } },
      400: problemOf('a parameter is wrong: `errors` names each with what was expected'),
      401: problemOf('no API token, or none that is in force'),
      ...(Object.keys(params.shape).length ? { 404: problemOf('there is none') } : {}),
      503: problemOf('nobody can tell at the moment: `Retry-After` says when to ask again'),
    },
  };
}

const etag = { description: 'strong: the same tag, the same bytes', schema: { type: 'string' } };
const ifNoneMatch = { name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } };

function parametersOf(fields: z.ZodObject, where: 'path' | 'query'): Json[] {
  const { properties = {} } = z.toJSONSchema(fields, { io: 'output' }) as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: where, required: where === 'path' },
    ...(description ? { description } : {}),
    // A list in one parameter, by commas.
    ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
    schema,
  }));
}

function problemOf(description: string): Json {
  return { description, content: { 'application/problem+json': { schema: referred(problem) } } };
}

function referred(schema: z.ZodType): Json {
  const id = named.get(schema)?.id;
  if (id === undefined) throw new Error('an answer without a name: add it to `named`');
  return { $ref: refTo(id) };
}

/** Without `$id` and `$schema`: inside the description a schema is found by its place, and the dialect is the description's. */
function schemas(): Json {
  const made = z.toJSONSchema(named, { uri: refTo, io: 'output' }).schemas as Record<string, Json>;
  return Object.fromEntries(Object.entries(made).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]));
}
