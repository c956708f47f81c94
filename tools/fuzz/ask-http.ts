// One HTTP request from an address of this machine's own choosing (127.0.0.0/8 is all loopback): limits are counted by address,
// and a program that asks from one alone hears of nothing else. Reads the whole answer.
import { request } from 'node:http';

export interface HttpQuestion {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array | undefined;
  /** Where it comes from. */
  localAddress?: string;
  /** Hangs up. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Rejects when the connection broke or was hung up on. */
export const askHttp = ({ method, url, headers = {}, body, localAddress, signal }: HttpQuestion): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, localAddress, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
