import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';
import { openApi } from './openapi.ts';
import { OPERATIONS } from './operations.ts';

type Parameter = { name: string; in: string; required: boolean; style?: string; schema: Record<string, unknown> };
type Described = { paths: Record<string, { get: { operationId: string; parameters: Parameter[] } }> };

const described = () => openApi() as Described & Record<string, unknown>;

describe('openApi', () => {
  it("is accepted by the OpenAPI Initiative's own schema of version 3.1, every reference resolved", async () => {
    const validator = new Validator();

    const { valid, errors } = await validator.validate(described());

    expect({ valid, errors, version: validator.version }).toEqual({ valid: true, errors: undefined, version: '3.1' });
    expect(JSON.stringify(validator.resolveRefs())).not.toContain('"$ref"');
  });

  it('has every operation once, with its path parameters', () => {
    const found = Object.entries(described().paths).map(([path, { get }]) => [get.operationId, path]);

    expect(found).toEqual(
      Object.entries(OPERATIONS).map(([name, { path }]) => [name, `/v1/${path.replaceAll(/:(\w+)/g, '{$1}')}`]),
    );
    for (const [path, { get }] of Object.entries(described().paths)) {
      const inPath = get.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
  });

  it('describes what a parameter may be as it is parsed', () => {
    const { parameters } = described().paths['/v1/reservations']!.get;
    const of = (wanted: string) => parameters.find(({ name }) => name === wanted);

    expect(of('limit')).toMatchObject({ required: false, schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } });
    expect(of('status')).toMatchObject({ style: 'form', explode: false, schema: { type: 'array' } });
    expect(of('from')).toMatchObject({ schema: { type: 'string', format: 'date' } });
  });
});

describe('docs/api.md', () => {
  it('lists every address with its filters, and no other', () => {
    const text = readFileSync(new URL('../../../../../docs/api.md', import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| `/v1/'));
    const documented = rows.map((row) => row.split('|').map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word)));
    const addressOf = (path: string) => `/v1/${path.replace(':entity', ':id').replaceAll(/:(\w+)/g, '<$1>')}`;

    expect(documented.map((cells) => [cells[1]![0], cells[3]])).toEqual(
      Object.values(OPERATIONS).map(({ path, query }) => [
        addressOf(path),
        Object.keys(query.shape).filter((name) => !['limit', 'cursor'].includes(name)),
      ]),
    );
  });
});
