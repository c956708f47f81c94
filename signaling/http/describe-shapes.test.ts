import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { moment, noted, shape, shapeNotes } from '../../protocol/http/shape.ts';
import { issueError } from './answer-error.ts';
import { answerOf, bodyOf, describeShapes, fieldsOf } from './describe-shapes.ts';

const crate = shape('TestCrate', z.strictObject({ kilos: noted(z.int().check(z.gte(0)), { description: 'Gross.' }) }));
const depot = shape('TestDepot', z.object({ crates: z.array(crate), note: z.nullable(z.string()) }), 'A shed.');
const visit = shape('TestVisit', z.object({ at: moment }));
const path = z.object({ id: z.string().check(z.maxLength(3)) });
const query = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1)), 5),
  after: z.optional(z.string()),
});

const fill = createRoute({
  method: 'post',
  path: '/depots/{id}',
  request: { params: fieldsOf(path), query: fieldsOf(query), body: bodyOf(crate) },
  responses: { 200: answerOf(depot, 'The depot.') },
});

/** An app that answers with whatever it was asked. */
function newApp() {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : c.json(issueError(result.error.issues).toShape(), 400)),
  });
  app.openapi(fill, (c) => {
    const { limit, after } = c.req.valid('query');
    return c.json({ crates: [c.req.valid('json')], note: `${c.req.valid('param').id} ${limit} ${after}` }, 200);
  });
  return app;
}

async function ask(address: string, body: unknown) {
  const headers = { 'content-type': 'application/json' };
  const response = await newApp().request(address, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** Test files share a thread's modules, and with them the table of names. */
afterAll(() => {
  for (const schema of [crate, depot, visit]) shapeNotes.remove(schema);
});

describe('a shape in a route', () => {
  it('parses body and address as it is', async () => {
    const crates = [{ kilos: 2 }];
    expect((await ask('/depots/a?limit=7&after=x', crates[0])).body).toEqual({ crates, note: 'a 7 x' });
    expect((await ask('/depots/a', crates[0])).body).toEqual({ crates, note: 'a 5 undefined' });
  });

  it.each([
    ['/depots/a', { kilos: -1 }, 'kilos', 'Too small'],
    ['/depots/a', {}, 'kilos', 'expected number, received undefined'],
    ['/depots/a', { kilos: 1, more: 1 }, null, 'Unrecognized key: "more"'],
    ['/depots/a', null, null, 'expected object, received null'],
    ['/depots/a?limit=0', { kilos: 1 }, 'limit', 'Too small'],
    ['/depots/abcd', { kilos: 1 }, 'id', 'Too big'],
  ])('refuses %s %o by its field', async (address, body, param, message) => {
    const answer = await ask(address, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'bad-request', data: { param } });
    expect(answer.body.message).toContain(message);
  });

  it('must have a name', () => {
    expect(() => bodyOf(z.object({ kilos: z.number() }))).toThrow('needs a name');
  });

  it('binds the handler’s answer', () => {
    const app = new OpenAPIHono();
    // @ts-expect-error a note is missing
    app.openapi(fill, (c) => c.json({ crates: [{ kilos: 2 }] }, 200));
    // @ts-expect-error kilos are no text
    app.openapi(fill, (c) => c.json({ crates: [{ kilos: '2' }], note: null }, 200));
    app.openapi(fill, (c) => c.json({ crates: [{ kilos: 2 }], note: null }, 200));
  });
});

describe('the document', () => {
  it('shows each named shape once, and notes where they are', () => {
    const { TestCrate, TestDepot } = describeShapes();
    expect(TestCrate).toEqual({
      type: 'object',
      properties: { kilos: { type: 'integer', minimum: 0, description: 'Gross.' } },
      required: ['kilos'],
      additionalProperties: false,
    });
    expect(TestDepot).toMatchObject({
      description: 'A shed.',
      properties: {
        crates: { items: { $ref: '#/components/schemas/TestCrate' } },
        note: { type: ['string', 'null'] },
      },
    });
  });

  it('refers to them from routes, and says which fields of an address may be missing', () => {
    const { paths } = newApp().getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'x', version: '1' } });
    const { post } = paths?.['/depots/{id}'] ?? {};
    const content = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
    expect(post?.requestBody).toEqual({ required: true, content: content('TestCrate') });
    expect(post?.responses).toEqual({ 200: { description: 'The depot.', content: content('TestDepot') } });
    expect(post?.parameters).toEqual([
      { in: 'path', name: 'id', required: true, schema: { type: 'string', maxLength: 3 } },
      { in: 'query', name: 'limit', required: false, schema: { type: 'integer', minimum: 1, default: 5 } },
      { in: 'query', name: 'after', required: false, schema: { type: 'string' } },
    ]);
  });

  it('shows what travels: a moment is a text with a format', () => {
    expect(describeShapes().TestVisit).toMatchObject({ properties: { at: { type: 'string', format: 'date-time' } } });
  });
});
