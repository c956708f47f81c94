// All texts in German, by room.
import type { Texts } from '../texts.ts';
import { account } from './account.ts';
import { admin } from './admin.ts';
import { chat } from './chat.ts';
import { docs } from './docs.ts';
import { earn } from './earn.ts';
import { embed } from './embed.ts';
import { errors } from './errors.ts';
import { codecs, drafters, format, phases, statuses } from './format.ts';
import { home } from './home.ts';
import { join } from './join.ts';
import { lend } from './lend.ts';
import { models } from './models.ts';
import { network } from './network.ts';
import { ownModels } from './own-models.ts';
import { pay } from './pay.ts';
import { pitch } from './pitch.ts';
import { pools } from './pools.ts';
import { preflight } from './preflight.ts';
import { reasons } from './reasons.ts';
import { routes } from './routes.ts';
import { state } from './state.ts';
import { story } from './story.ts';
import { trust } from './trust.ts';
import { ui } from './ui.ts';

export const german: Readonly<Record<string, Texts>> = {
  account,
  admin,
  chat,
  codecs,
  docs,
  drafters,
  earn,
  embed,
  errors,
  format,
  home,
  join,
  lend,
  models,
  network,
  ownModels,
  pay,
  pitch,
  phases,
  pools,
  preflight,
  reasons,
  routes,
  state,
  statuses,
  story,
  trust,
  ui,
};
