import { NotFoundException } from '@nestjs/common';
import { z } from 'zod';
import { documentOf, Problem, problemOf } from './problem.ts';

const GET = { method: 'GET' };
const POST = { method: 'POST', bodyLimit: 10 };

describe('problemOf', () => {
  it('tells ours in full', () => {
    const problem = problemOf(new Problem(409, 'exists', 'the id is taken', { field: 'id' }), POST);

    expect(documentOf(problem)).toEqual({
      ...{ type: 'urn:roomwire:problem:exists', title: 'Conflict', status: 409 },
      ...{ detail: 'the id is taken', code: 'exists', field: 'id' },
    });
  });

  it('names each field that a schema refuses, 400 for a query and 422 for a body', () => {
    const { error } = z
      .object({ a: z.int('expected a number'), b: z.object({ c: z.string('expected text') }) })
      .safeParse({ b: {} });

    expect(problemOf(error, GET)).toMatchObject({ status: 400, detail: 'a: expected a number; b.c: expected text' });
    expect(problemOf(error, POST)).toMatchObject({
      ...{ status: 422, code: 'invalid' },
      extras: { errors: [{ field: 'a', message: 'expected a number' }, { field: 'b.c', message: 'expected text' }] }, // prettier-ignore
    });
  });

  it('tells the framework’s refusals by their status alone', () => {
    expect(problemOf(new NotFoundException('Cannot GET /v1/x?token=pl4nted'), GET)).toMatchObject({
      status: 404,
      code: 'not-found',
      detail: 'Not found',
    });
    expect(problemOf({ statusCode: 413 }, POST)).toMatchObject({
      status: 413,
      code: 'body-too-large',
      detail: 'expected at most 10 bytes of body',
    });
  });

  it.each([new Error('pl4nted'), 'pl4nted', undefined, { statusCode: 502, message: 'pl4nted' }])(
    'tells nothing of %p',
    (error) => {
      const problem = problemOf(error, GET);

      expect(problem).toMatchObject({ status: 500, code: 'internal' });
      expect(JSON.stringify(documentOf(problem))).not.toContain('pl4nted');
    },
  );
});
