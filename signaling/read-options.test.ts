import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './read-options.ts';
import { DEFAULT_MODEL } from './start-server.ts';

const read = (line: string, env = {}) => readOptions(line.split(' ').filter(Boolean), env);

describe('readOptions', () => {
  it('has defaults for everything', () => {
    expect(read('')).toEqual({
      port: 3000,
      host: '127.0.0.1',
      model: DEFAULT_MODEL,
      hubUrl: 'https://huggingface.co',
      modelsDir: 'public/models',
      siteDir: 'out',
      iceServers: [],
    });
  });

  it('takes what is given', () => {
    const line =
      '--port 0 --host 0.0.0.0 --model a/b --revision v1 --dtype fp16 --hub http://mirror.example/ --stages 3 --no-site';
    expect(read(line, { ICE_SERVERS: '[{"urls":["stun:s.example"]}]' })).toEqual({
      port: 0,
      host: '0.0.0.0',
      model: { repo: 'a/b', revision: 'v1', dtype: 'fp16' },
      hubUrl: 'http://mirror.example',
      modelsDir: 'public/models',
      stages: 3,
      iceServers: [{ urls: ['stun:s.example'] }],
    });
    expect(read('--help --port x')).toBe('help');
  });

  it('prefers the option to the environment', () => {
    expect(read('--ice-servers []', { ICE_SERVERS: 'broken' })).toMatchObject({ iceServers: [] });
  });

  it.each([
    ['--port 70000', '--port must be a whole number from 0 to 65535, not "70000".'],
    ['--port 3e3', '--port must'],
    ['--stages 0', '--stages must'],
    ['--dtype q3', '--dtype must be one of fp32, fp16, q4'],
    ['--model guide', '--model must be owner/name'],
    ['--model ../x', '--model must be owner/name'],
    ['--hub file:///x', '--hub must be'],
    ['--hub //evil.example', '--hub must be'],
    ['--ice-servers {}', '--ice-servers'],
    ['--ice-servers [{}]', '--ice-servers'],
    ['--bogus', '--help'],
    ['--port', '--help'],
  ])('explains %s', (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });
});
