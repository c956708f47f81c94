import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPasswords } from './hash-password.ts';

const PASSWORD = 'correct horse battery';
const { hash: hashPassword, isPassword, isOutdated } = createPasswords();

describe('hash', () => {
  it('G16: is scrypt at OWASP’s cost, with the parameters that it says, and a salt of its own each time', async () => {
    const [first, second] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(first).not.toBe(second);
    const [, name, parameters, salt = '', hash] = first.split('$');
    expect([name, parameters]).toEqual(['scrypt', 'ln=17,r=8,p=1']);
    const options = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
    const expected = scryptSync(PASSWORD, Buffer.from(salt, 'base64url'), 32, options);
    expect(hash).toBe(expected.toString('base64url'));
  });
});

describe('isPassword', () => {
  it('knows its own, and no other', async () => {
    const hash = await hashPassword(PASSWORD);
    expect(await isPassword(PASSWORD, hash)).toBe(true);
    expect(await isPassword(`${PASSWORD} `, hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('goes by the parameters in the hash, so that they can be raised later', async () => {
    // Made with Node’s own scrypt at another cost.
    const salt = Buffer.from('sixteen bytes sa');
    const key = scryptSync(PASSWORD, salt, 32, { N: 1024, r: 4, p: 2 });
    const hash = `$scrypt$ln=10,r=4,p=2$${salt.toString('base64url')}$${key.toString('base64url')}`;
    expect(await isPassword(PASSWORD, hash)).toBe(true);
    expect(await isPassword('another one', hash)).toBe(false);
    expect([isOutdated(hash), isOutdated(await hashPassword(PASSWORD))]).toEqual([true, false]);
  });

  it('takes the same letters in two Unicode forms for one password', async () => {
    const hash = await hashPassword('p\u00e4ssw\u00f6rter');
    expect(await isPassword('pa\u0308sswo\u0308rter', hash)).toBe(true);
  });

  it('tells bytes after a NUL apart', async () => {
    const hash = await hashPassword('password\0one');
    expect(await isPassword('password\0two', hash)).toBe(false);
    expect(await isPassword('password\0one', hash)).toBe(true);
  });

  it('refuses everything when nobody has the name', async () => {
    expect(await isPassword(PASSWORD, undefined)).toBe(false);
  });

  it.each(['', 'plain', '$scrypt$ln=15,r=8,p=1$short$short', '$argon2id$v=19$m=1$a$b'])(
    'breaks on %j rather than let somebody in',
    async (hash) => {
      await expect(isPassword(PASSWORD, hash)).rejects.toThrow('damaged');
    },
  );
});
