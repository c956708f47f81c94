// Shapes of `protocol/http` as `createRoute` wants them: it knows zod's classic schemas alone. They parse with the shape
// itself, so refusals name the same fields, and the document shows each under its own name. Declares no shape.
import { z } from '@hono/zod-openapi';
import * as mini from 'zod/mini';
import { errorBodySchema } from '../../protocol/http/error.ts';
import { shapeNotes, type Wire } from '../../protocol/http/shape.ts';
import { json, jsonBody } from './describe-routes.ts';

type JsonSchema = Record<string, unknown>;

const addressOf = (id: string): string => `#/components/schemas/${id}`;

/** The form in which a shape travels. What parsing makes of it (a date of a text, a default) is the reader's own matter. */
const WRITING = {
  io: 'input',
  metadata: shapeNotes,
  override({ jsonSchema }: { jsonSchema: JsonSchema }) {
    // Every whole number is a safe one; said at each, it hides the bounds that matter.
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  },
} as const;

/** JSON Schemas of all named shapes that were loaded, for the components of the document. */
export function describeShapes(): Record<string, JsonSchema> {
  const { schemas } = mini.toJSONSchema(shapeNotes, { ...WRITING, uri: addressOf });
  const entries: [string, JsonSchema][] = Object.entries(schemas);
  return Object.fromEntries(entries.map(([id, { $schema, $id, id: _, ...schema }]) => [id, schema]));
}

/** A classic schema that parses as `schema` does, asks it about a missing field too, and is drawn as `drawing`. */
const classic = (schema: mini.core.$ZodType, drawing: JsonSchema) =>
  z.unknown().optional().pipe(schema).openapi(drawing);

function referTo(schema: mini.ZodMiniType) {
  const id = shapeNotes.get(schema)?.id;
  if (id === undefined) throw new Error('A body or an answer needs a name: declare it with shape().');
  return classic(schema, { $ref: addressOf(id) });
}

/** A body, for `request.body`. The handler gets it parsed. */
export const bodyOf = <Schema extends mini.ZodMiniType>(schema: Schema) =>
  jsonBody(referTo(schema) as unknown as z.ZodType<mini.output<Schema>, mini.input<Schema>>);

/** An answer, for `responses`. A handler that writes anything else does not compile. */
export const answerOf = <Schema extends mini.ZodMiniType>(schema: Schema, description: string) =>
  json(referTo(schema) as unknown as z.ZodType<Wire<Schema>>, description);

type Fields<Shape extends mini.core.$ZodLooseShape> = z.ZodObject<{
  [Name in keyof Shape]: z.ZodType<mini.output<Shape[Name]>, mini.input<Shape[Name]>>;
}>;

/** Fields of an address, for `request.params` and `request.query`: each is drawn on its own. */
export function fieldsOf<Shape extends mini.core.$ZodLooseShape>({ shape }: mini.ZodMiniObject<Shape>): Fields<Shape> {
  const fields: [string, mini.core.$ZodType][] = Object.entries(shape);
  const drawn = fields.map(([name, field]) => {
    const { $schema, ...drawing } = mini.toJSONSchema(field, WRITING);
    return [name, classic(field, drawing)];
  });
  return z.object(Object.fromEntries(drawn)) as Fields<Shape>;
}

export const POOL_FAILURE = { default: answerOf(errorBodySchema, 'What failed, and what to do next.') };
