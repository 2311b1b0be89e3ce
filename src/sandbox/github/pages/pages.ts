/**
 * Pages for people. In: requests that are neither the API's nor git's, and the world. Out: server-rendered HTML in
 * the manner of GitHub, at the very addresses that the API gives as `html_url`. What a person does here is a plain
 * form, and calls the same `actions/` as REST, so that a page refuses what the API refuses, in the same words.
 *
 * There is no signing in: the server listens on the loopback interface alone, and each form asks as whom to act.
 * That is why {@link guard} turns away whatever comes from another site. One page a file; none of them keeps state.
 *
 * @example
 * const github = await startSandboxGitHub({ directory, pages });
 * console.log(github.url);
 */
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { isRefusal } from '../http/refusal.ts';
import type { MakePages } from '../http/server.ts';
import { account } from './account.ts';
import { assets } from './assets.ts';
import { checkRun } from './check-run.ts';
import { code } from './code.ts';
import { commit } from './commit.ts';
import { compare } from './compare.ts';
import { conversation } from './conversation.ts';
import { deliveries } from './deliveries.ts';
import { deployments } from './deployments.ts';
import { guard } from './guard.ts';
import { makeHistory } from './history.ts';
import { issue } from './issue.ts';
import { issues } from './issues.ts';
import { problemPage } from './layout.ts';
import { pullChecks } from './pull-checks.ts';
import { pullCommits } from './pull-commits.ts';
import { pullFiles } from './pull-files.ts';
import { pulls } from './pulls.ts';
import { remarks } from './remarks.ts';
import { repositories } from './repositories.ts';
import type { PageApp, PageEnvironment } from './site.ts';

/** Every page, by what it shows. Each adds its own addresses. */
const register: Readonly<Record<string, (app: PageApp) => void>> = {
  assets,
  repositories,
  deliveries,
  account,
  conversation,
  pullCommits,
  pullChecks,
  pullFiles,
  pulls,
  compare,
  issue,
  issues,
  remarks,
  checkRun,
  deployments,
  commit,
  code,
};

/** Makes the pages of a world: what answers requests, and an ear by which they keep a history of what happens. */
export const pages: MakePages = (world, webhooks) => {
  const history = makeHistory(world);
  const app: PageApp = new Hono<PageEnvironment>();
  app.use(async (c, next) => {
    c.set('site', { world: world(), history, webhooks });
    await next();
  });
  app.use(guard);
  for (const add of Object.values(register)) add(app);
  app.notFound((c) => problemPage(c, 404, 'Not Found'));
  app.onError((error, c) =>
    isRefusal(error)
      ? problemPage(c, error.status, error.message)
      : problemPage(c, 500, `The sandbox GitHub failed: ${error.stack ?? error.message}`),
  );
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return {
    announce: history.listen(webhooks.announce),
    async handle(_world, request, response) {
      await listener(request, response);
      return true;
    },
  };
};
