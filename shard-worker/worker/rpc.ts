// Calls between a page and its worker: one request, any number of events, one answer. Errors cross as {code, message,
// data} and are rebuilt. Knows nothing of what is called.
import { type ErrorShape, PoolError } from '../../protocol/errors.ts';

/** What both a Worker and a worker's own scope can do. */
export interface RpcPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

type Call = { call: number; method: string; params: unknown };
type Reply = { reply: number; result?: unknown; error?: ErrorShape };
type Notice = { event: string; data: unknown };

/** Methods by name, each from parameters to a result. */
// biome-ignore lint/suspicious/noExplicitAny: an API's own types say what its parameters are.
export type RpcMethods = Record<string, (params: any) => unknown>;
export type RpcEvents = Record<string, unknown>;

/** Answers calls with `methods`; returns the way to tell the other side of events. */
export function serveRpc<Events extends RpcEvents>(port: RpcPort, methods: RpcMethods) {
  port.addEventListener('message', (event) => {
    const { call, method, params } = event.data as Call;
    if (call === undefined) return;
    const answer = (reply: Omit<Reply, 'reply'>) => port.postMessage({ reply: call, ...reply } satisfies Reply, []);
    Promise.resolve()
      .then(() => {
        const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
        if (!handler) throw new PoolError('internal', `The worker has no method ${method}.`);
        return handler(params);
      })
      .then(
        (result) => answer({ result }),
        (cause) => answer({ error: PoolError.from(cause).toShape() }),
      );
  });
  return function tell<Name extends keyof Events & string>(event: Name, data: Events[Name]): void {
    port.postMessage({ event, data } satisfies Notice, []);
  };
}

export interface RpcClient<Methods extends RpcMethods, Events extends RpcEvents> {
  call<Name extends keyof Methods & string>(
    method: Name,
    params: Parameters<Methods[Name]>[0],
    transfer?: Transferable[],
  ): Promise<Awaited<ReturnType<Methods[Name]>>>;
  on<Name extends keyof Events & string>(event: Name, listener: (data: Events[Name]) => void): void;
  /** Rejects all that is waiting: the other side is gone. */
  end(error: PoolError): void;
}

/** The calling side. */
export function connectRpc<Methods extends RpcMethods, Events extends RpcEvents>(
  port: RpcPort,
): RpcClient<Methods, Events> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: PoolError): void }>();
  const listeners = new Map<string, ((data: never) => void)[]>();
  let ended: PoolError | undefined;
  let calls = 0;
  port.addEventListener('message', (event) => {
    const message = event.data as Partial<Reply & Notice>;
    if (message.event !== undefined) {
      for (const listener of listeners.get(message.event) ?? []) listener(message.data as never);
    } else if (message.reply !== undefined) {
      const promise = waiting.get(message.reply);
      waiting.delete(message.reply);
      if (message.error) promise?.reject(PoolError.from(message.error));
      else promise?.resolve(message.result);
    }
  });
  return {
    call(method, params, transfer = []) {
      if (ended) return Promise.reject(ended);
      const call = ++calls;
      return new Promise((resolve, reject) => {
        waiting.set(call, { resolve: resolve as (value: unknown) => void, reject });
        try {
          port.postMessage({ call, method, params } satisfies Call, transfer);
        } catch (error) {
          waiting.delete(call);
          reject(error);
        }
      });
    },
    on(event, listener) {
      const list = listeners.get(event) ?? [];
      listeners.set(event, list);
      list.push(listener as (data: never) => void);
    },
    end(error) {
      ended = error;
      for (const promise of waiting.values()) promise.reject(error);
      waiting.clear();
    },
  };
}
