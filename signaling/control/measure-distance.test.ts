import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DistanceMeter } from './measure-distance.ts';

class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly pinged: Buffer[] = [];
  ping(data: Buffer): void {
    this.pinged.push(data);
  }
}

let socket: FakeSocket;
let measured: number[];
let meter: DistanceMeter;
beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
  measured = [];
  meter = new DistanceMeter(socket as never, (ms) => measured.push(Math.round(ms)));
});
afterEach(() => {
  meter.close();
  vi.useRealTimers();
});

test('B8: times each ping until its own pong, from the first moment on', () => {
  expect(socket.pinged).toHaveLength(1);
  vi.advanceTimersByTime(30);
  socket.emit('pong', socket.pinged[0]);
  expect(measured).toEqual([30]);
  vi.advanceTimersByTime(170);
  vi.advanceTimersByTime(20);
  socket.emit('pong', socket.pinged[1]);
  expect(measured).toEqual([30, 20]);
  vi.advanceTimersByTime(60_000);
  expect(socket.pinged).toHaveLength(4);
  meter.ping();
  expect(socket.pinged).toHaveLength(5);
});

test('a pong that nobody asked for, or the same one again, measures nothing', () => {
  socket.emit('pong', Buffer.from('12345678'));
  socket.emit('pong', Buffer.alloc(0));
  socket.emit('pong', socket.pinged[0]);
  socket.emit('pong', socket.pinged[0]);
  expect(measured).toHaveLength(1);
});

test('a peer that answers nothing is remembered to a bound, and a closed socket is not asked', () => {
  for (let count = 0; count < 100; count++) meter.ping();
  socket.emit('pong', socket.pinged[5]);
  expect(measured).toEqual([]);
  socket.emit('pong', socket.pinged.at(-1));
  expect(measured).toHaveLength(1);
  socket.readyState = 3;
  const before = socket.pinged.length;
  meter.ping();
  expect(socket.pinged).toHaveLength(before);
});
