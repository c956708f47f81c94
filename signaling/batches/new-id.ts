// Ids of files, batches, requests and webhooks: a prefix that says what it is, and 96 random bits.
import { randomBytes } from 'node:crypto';

export const newId = (prefix: 'file-' | 'batch_' | 'batch_req_' | 'msg_'): string =>
  `${prefix}${randomBytes(12).toString('hex')}`;
