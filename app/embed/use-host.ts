// The page around the frame, once it has shown who it is. Nobody is where the chat has a tab of its own.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FromChat, Look, ToChat } from '../../packages/widget/src/words.ts';
import { type EmbedOrigins, mayEmbed } from '../../protocol/embed.ts';
import { poolSchema } from '../../protocol/http/pool.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { callApi } from '../state/call-api.ts';
import { type HostPage, meetHost } from './meet-host.ts';

export interface HostOptions {
  /** Undefined waits. */
  pool: PoolId | undefined;
  onLook(look: Look): void;
  onSaid(message: ToChat): void;
}

/** `say` reaches it at once, also before anything is drawn anew. */
export function useHost(options: HostOptions): { host: HostPage | undefined; say: HostPage['say'] } {
  const { pool } = options;
  const [host, setHost] = useState<HostPage>();
  const met = useRef<HostPage>(undefined);
  const current = useRef(options);
  current.current = options;

  useEffect(() => {
    if (pool === undefined || window.parent === window) return;
    let stop: (() => void) | undefined;
    let isOver = false;
    readOrigins(pool).then((origins) => {
      if (isOver) return;
      stop = meetHost({
        here: window,
        mayHost: (origin) => origin === location.origin || mayEmbed(origins, origin),
        onMet(page, look) {
          current.current.onLook(look);
          met.current = page;
          setHost(page);
          page.say({ type: 'ready', pool });
        },
        onSaid: (message) => current.current.onSaid(message),
      });
    });
    return () => {
      isOver = true;
      stop?.();
      met.current = undefined;
      setHost(undefined);
    };
  }, [pool]);
  const say = useCallback((message: FromChat) => met.current?.say(message), []);
  return { host, say };
}

/** A pool that nobody keeps, or a server that is away, lists nobody. */
const readOrigins = async (pool: PoolId): Promise<EmbedOrigins> =>
  callApi(`/api/pools/${encodeURIComponent(pool)}`, poolSchema).then(
    ({ embedOrigins }) => embedOrigins,
    () => [],
  );
