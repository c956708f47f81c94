import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createShutdown, exitOnSignals, type ShutdownParts, type SignalSource } from './shutdown.ts';

function start(fields: Partial<ShutdownParts> = {}, times = {}) {
  const steps: string[] = [];
  const warnings: unknown[] = [];
  const parts: ShutdownParts = {
    stopAdmitting: () => void steps.push('admit'),
    drain: async () => void steps.push('drain'),
    closeSockets: () => void steps.push('sockets'),
    closeDatabase: async () => void steps.push('database'),
    ...fields,
  };
  const logger = { info: () => {}, warn: (line: unknown) => void warnings.push(line) };
  return { steps, warnings, shutdown: createShutdown(parts, { logger, drainMs: 30, stepMs: 30, ...times }) };
}

describe('createShutdown', () => {
  it('stops admitting, drains, closes sockets, then the database, once', async () => {
    const { steps, warnings, shutdown } = start();
    expect(() => shutdown.check()).not.toThrow();
    const over = shutdown.begin('test');
    expect(shutdown.isShuttingDown).toBe(true);
    expect(() => shutdown.check()).toThrow('shutting down');
    await Promise.all([over, shutdown.begin('again')]);
    expect(steps).toEqual(['admit', 'drain', 'sockets', 'database']);
    expect(warnings).toEqual([]);
  });

  it('waits for what runs, and tells it to give up at the deadline', async () => {
    const { steps, shutdown } = start({
      drain: (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            steps.push(`gave up: ${signal.reason.code}`);
            resolve();
          }),
        ),
    });
    await shutdown.begin('test');
    expect(steps).toEqual(['admit', 'gave up: shutting-down', 'sockets', 'database']);
  });

  it('does not hang on a part that hangs, nor stop at one that fails', async () => {
    const { steps, warnings, shutdown } = start({
      stopAdmitting: () => {
        throw new Error('no');
      },
      drain: () => new Promise(() => {}),
      closeSockets: () => Promise.reject(new Error('stuck')),
    });
    await shutdown.begin('test');
    expect(steps).toEqual(['database']);
    expect(warnings).toMatchObject([{ step: 'stopAdmitting' }, { step: 'drain' }, { step: 'closeSockets' }]);
  });
});

describe('exitOnSignals', () => {
  function listen(endMs: number, nowMs = () => 0) {
    const source = new EventEmitter() as EventEmitter & SignalSource & { codes: number[] };
    source.codes = [];
    source.exit = (code) => void source.codes.push(code);
    const ends: string[] = [];
    exitOnSignals(
      async (signal) => {
        ends.push(signal);
        await delay(endMs);
      },
      source,
      nowMs,
    );
    return { source, ends };
  }

  it('ends in order at the first', async () => {
    const { source, ends } = listen(1);
    source.emit('SIGTERM', 'SIGTERM');
    await expect.poll(() => source.codes).toEqual([0]);
    expect(ends).toEqual(['SIGTERM']);
  });

  it('A8: takes a signal that npm hands on for the same, and waits for nothing at a second one', () => {
    let nowMs = 1000;
    const { source, ends } = listen(10_000, () => nowMs);
    source.emit('SIGINT', 'SIGINT');
    nowMs += 100;
    source.emit('SIGINT', 'SIGINT');
    expect(source.codes).toEqual([]);
    nowMs += 1000;
    source.emit('SIGINT', 'SIGINT');
    expect(source.codes).toEqual([1]);
    expect(ends).toHaveLength(1);
  });
});
