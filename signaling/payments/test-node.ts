// Between a server and its node, for tests: a node that goes away, is slow to make blocks, or forgets what it had mined.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class TestNode {
  /** It answers nothing: the line is cut. */
  isAway = false;
  readonly #server: Server;
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      if (this.isAway) return void request.socket.destroy();
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end(await answer.text());
    });
  }

  static async before(url: string): Promise<TestNode> {
    const node = new TestNode(url);
    node.#server.listen(0, '127.0.0.1');
    await once(node.#server, 'listening');
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The node itself, whether it is away or not. */
  async rpc(method: string, params: unknown[] = []): Promise<unknown> {
    const response = await fetch(this.#url, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (error) throw new Error(error.message);
    return result;
  }

  /** No block is made until `goOn`; what is sent waits. */
  async standStill(): Promise<void> {
    await this.rpc('evm_setAutomine', [false]);
    await this.rpc('evm_setIntervalMining', [0]);
  }

  async goOn(): Promise<void> {
    await this.rpc('evm_setIntervalMining', [1]);
    await this.rpc('evm_mine');
  }

  /** Takes back all blocks after this one and makes as many empty ones in their place, as a chain does that goes another way. */
  async takeBackTo(block: bigint): Promise<void> {
    const head = BigInt((await this.rpc('eth_blockNumber')) as string);
    await this.rpc('anvil_reorg', [Number(head - block), []]);
    // Its clock goes on from the block that stayed.
    await this.rpc('evm_setTime', [Math.floor(Date.now() / 1000)]);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
