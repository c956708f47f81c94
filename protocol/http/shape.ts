// What the shapes of `/api` are made of: a name for the OpenAPI document, and the fields that several have. A shape is
// declared once, in this folder; the server documents, checks and types with it, and the page parses with it.
import * as z from 'zod/mini';

/** What the OpenAPI document says beside the shape itself. */
interface ShapeNotes {
  /** Name of a body or an answer: the document shows it once, under this. */
  id?: string;
  description?: string;
  example?: unknown;
  /** JSON Schema's word for texts of this kind. */
  format?: string;
}

/** Names of all bodies and answers, and notes on their fields. */
export const shapeNotes = z.registry<ShapeNotes>();

/** Names a body or an answer. @example shape('Ok', z.object({ ok: z.literal(true) })) */
export const shape = <Schema extends z.ZodMiniType>(id: string, schema: Schema, description?: string): Schema => {
  shapeNotes.add(schema, description === undefined ? { id } : { id, description });
  return schema;
};

/** Says more of a field than its type does. Never give it a schema that other shapes share: the note would be theirs too. */
export const noted = <Schema extends z.ZodMiniType>(schema: Schema, notes: Omit<ShapeNotes, 'id'>): Schema => {
  shapeNotes.add(schema, notes);
  return schema;
};

/** A shape as it travels: what a client sends of a body, what the server writes of an answer. `z.infer` is what parsing gives. */
export type Wire<Schema extends z.ZodMiniType> = z.input<Schema>;

/** Most rows of one answer that a page takes. The server's own lists are shorter: 200 pools, 256 tabs, 200 lines. */
export const MAX_ROWS = 1000;

export const text = z.string().check(z.maxLength(500));
export const count = z.number().check(z.int(), z.gte(0));
export const micros = z.number().check(z.int());

/** The body of an answer that has none (204), as a page reads it. */
export const nothing = z.null();

/** ISO 8601 on the wire, a date for whoever parses it. */
export const moment = z.pipe(
  noted(
    z.string().check(
      z.maxLength(40),
      z.refine((written) => !Number.isNaN(Date.parse(written)), 'must be a moment'),
    ),
    { format: 'date-time' },
  ),
  z.transform((written: string) => new Date(written)),
);

/** A text that another schema takes, refused in plain words: those of a pattern would be the pattern. */
export const matching = <Output>(schema: z.ZodMiniType<Output, string>, what: string) =>
  z.string().check(
    z.maxLength(400),
    z.refine((written) => schema.safeParse(written).success, what),
  ) as unknown as z.ZodMiniType<Output, string>;
