import { describe, expect, it } from 'vitest';
import { BrokerMail, type BrokerMessage } from './broker-mail.ts';

const message = (src: string, dst: string, payload: unknown = null): BrokerMessage => ({
  ...{ type: 'OFFER', src, dst, payload },
});

describe('BrokerMail', () => {
  it('gives what waited in its order, once', () => {
    const mail = new BrokerMail();
    for (const payload of [1, 2, 3]) mail.keep(message('a', 'b', payload), 'here', 0);
    mail.keep(message('a', 'c'), 'here', 0);
    expect(mail.take('b').map(({ payload }) => payload)).toEqual([1, 2, 3]);
    expect(mail.take('b')).toEqual([]);
    expect(mail.take('c')).toHaveLength(1);
    expect(mail.chars).toBe(0);
  });

  it('tells once of each pair that waited too long, and keeps what came later', () => {
    const mail = new BrokerMail();
    mail.keep(message('a', 'b'), 'here', 0);
    mail.keep(message('a', 'b'), 'here', 100);
    mail.keep(message('c', 'b'), 'here', 4_000);
    expect(mail.expire(4_999)).toEqual([]);
    expect(mail.expire(5_100)).toEqual([{ src: 'a', dst: 'b' }]);
    expect(mail.take('b')).toMatchObject([{ src: 'c' }]);
    expect(mail.expire(60_000)).toEqual([]);
  });

  it('has room for so much of one sender, and for so much in all', () => {
    const mail = new BrokerMail();
    const large = 'x'.repeat(30_000);
    const kept = (src: string, place = src): number => {
      let count = 0;
      while (mail.keep(message(src, `to-${count}`, large), place, 0)) count += 1;
      return count;
    };
    expect(kept('flood')).toBe(8);
    expect(kept('other')).toBe(8);
    for (let index = 0; index < 100; index += 1) kept(`sender-${index}`);
    expect(mail.chars).toBeLessThanOrEqual(8_000_000);
    expect(mail.keep(message('late', 'b'), 'here', 0)).toBe(true);
    expect(kept('later')).toBe(0);
    mail.expire(10_000);
    expect(mail.chars).toBe(0);
    expect(kept('later')).toBe(8);
  });

  it('G12: has room for so much of one address, whatever ids it goes by', () => {
    const mail = new BrokerMail();
    const large = 'x'.repeat(30_000);
    for (let at = 0; at < 400; at += 1) mail.keep(message(`id-${at}`, 'nobody', large), 'flood', 0);
    expect(mail.chars).toBeGreaterThan(1_500_000);
    expect(mail.chars).toBeLessThanOrEqual(2_000_000);
    expect(mail.keep(message('one-more', 'nobody', large), 'flood', 0)).toBe(false);
    expect(mail.keep(message('honest', 'late', large), 'elsewhere', 0)).toBe(true);
    mail.expire(10_000);
    expect(mail.keep(message('one-more', 'nobody', large), 'flood', 10_000)).toBe(true);
  });
});
