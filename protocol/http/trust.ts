// What a page is told of the authority that a server of a local network has made for itself, at `GET /api/trust`.
import * as z from 'zod/mini';
import { moment, noted, shape, text } from './shape.ts';

const addresses = z.array(text).check(z.maxLength(100));

export const trustSchema = shape(
  'Trust',
  z.object({
    authority: noted(
      z.nullable(
        z.object({
          /** SHA-256 of its certificate. */
          fingerprint: text,
          expires: moment,
          /** Where other devices reach the server once they trust it. */
          secure: addresses,
          /** The same over plain http, where a device that does not trust it yet is told how. */
          plain: addresses,
        }),
      ),
      { description: 'Null: the server has none of its own. Its certificate is at `/trust/authority.crt`.' },
    ),
  }),
);
export type Trust = z.infer<typeof trustSchema>;
