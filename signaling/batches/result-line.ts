// Lines of a batch's output and error files, in OpenAI's format. Pure but for the line's random id.
import { newId } from './new-id.ts';

interface Response {
  status_code: number;
  request_id: string;
  body: unknown;
}

/** What the endpoint answered: for the output file when it is a success, else for the error file. */
export const responseLine = (customId: string, response: Response): string =>
  JSON.stringify({ id: newId('batch_req_'), custom_id: customId, response, error: null });

/** A request that never got an answer. */
export const errorLine = (customId: string, error: { code: string; message: string }): string =>
  JSON.stringify({ id: newId('batch_req_'), custom_id: customId, response: null, error });
