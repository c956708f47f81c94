import { describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import { fetchSiteConfig } from './fetch-site-config.ts';
import { controlUrl, modelSource, shownError } from './site.ts';

const ORIGIN = 'https://pool.example';
const model: ModelRef = { repo: 'acme/tiny', revision: 'main', dtype: 'q4' };
const config: SiteConfig = {
  ...{ model, hubUrl: 'https://hub.example', siteModelsUrl: '/models', dtypes: ['q4'], version: '1' },
};

/** The network is the one thing that is not real here. */
function answering(make: () => Response | Promise<Response>) {
  const asked: string[] = [];
  const fetch = async (url: URL) => {
    asked.push(url.href);
    return make();
  };
  return { asked, fetch };
}

describe('the configuration', () => {
  test('is read from the site’s own origin', async () => {
    const host = answering(() => Response.json(config));
    expect(await fetchSiteConfig(ORIGIN, host)).toEqual(config);
    expect(host.asked).toEqual([`${ORIGIN}/api/config`]);
  });

  test.each<[string, () => Response, string]>([
    ['an error status', () => Response.json(config, { status: 500 }), 'bad-message'],
    ['a missing field', () => Response.json({ ...config, hubUrl: undefined }), 'bad-message'],
    ['a model that is none', () => Response.json({ ...config, model: { ...model, repo: '../x' } }), 'bad-message'],
  ])('with %s is refused', async (_what, make, code) => {
    await expect(fetchSiteConfig(ORIGIN, answering(make))).rejects.toMatchObject({ code });
  });

  test('of a server that is down is link-failed', async () => {
    const host = answering(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchSiteConfig(ORIGIN, host)).rejects.toMatchObject({ code: 'link-failed' });
  });
});

describe('a model’s files', () => {
  test('come from the hub', () => {
    expect(modelSource(model, config, ORIGIN)).toEqual({ model, hubUrl: 'https://hub.example/' });
  });

  test('come from the site for the site’s own models, with hashes', () => {
    const own: ModelRef = { ...model, repo: 'computepool/guide-4m' };
    expect(modelSource(own, config, ORIGIN)).toEqual({
      model: own,
      hubUrl: `${ORIGIN}/models`,
      indexUrl: `${ORIGIN}/models/index.json`,
    });
  });

  test('come from the site’s origin when the hub is a path', () => {
    expect(modelSource(model, { ...config, hubUrl: '/hub' }, ORIGIN).hubUrl).toBe(`${ORIGIN}/hub`);
  });
});

test.each([
  ['https://pool.example', 'wss://pool.example/control'],
  ['http://127.0.0.1:3000', 'ws://127.0.0.1:3000/control'],
])('the control socket of %s is %s', (origin, url) => {
  expect(controlUrl(origin)).toBe(url);
});

test('an error is shown with its next step', () => {
  expect(shownError(new PoolError('no-stages', 'No tab serves.'))).toMatchObject({
    code: 'no-stages',
    message: 'No tab serves.',
    next: expect.stringContaining('/join'),
  });
});
