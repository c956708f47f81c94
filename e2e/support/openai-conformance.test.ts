// The conformance cases against the scripted service: fast, on every run of the unit tests. The browser tests run the same
// ones against real tabs.
import { pino } from 'pino';
import { afterAll, beforeAll, test } from 'vitest';
import { createAuthenticate } from '../../signaling/http/authenticate.ts';
import {
  createGuardedApp,
  openTestSite,
  TEST_ACCOUNTS,
  TEST_MODEL,
  TEST_MODELS,
  type TestSite,
} from '../../signaling/http/test-site.ts';
import { createOpenAiRoutes } from '../../signaling/openai/open-ai-routes.ts';
import { ScriptedJobService } from '../../signaling/openai/scripted-job-service.ts';
import { OPENAI_CONFORMANCE } from './openai-conformance.ts';

let site: TestSite;

beforeAll(async () => {
  const authenticate = createAuthenticate(TEST_ACCOUNTS);
  const app = createGuardedApp(authenticate);
  const routes = createOpenAiRoutes({
    jobs: new ScriptedJobService(),
    models: () => TEST_MODELS,
    authenticate,
    receiptsOf: async () => ({ stages: [] }),
    trustedProxies: 1,
    logger: pino({ level: 'silent' }),
  });
  app.route('/v1', routes);
  site = await openTestSite(app);
});

afterAll(() => site.close());

test.each(OPENAI_CONFORMANCE)('$name', ({ run }) => run({ client: site.client, model: TEST_MODEL }));
