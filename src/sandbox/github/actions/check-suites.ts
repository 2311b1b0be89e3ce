import { commitOf } from '../git/commits.ts';
import type { Actor } from '../model/actor.ts';
import type { App } from '../model/app.ts';
import type { CheckSuite } from '../model/check.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderWebhookCheckSuite } from '../render/check.ts';

/** The suite in which an App's check runs on a commit are kept, made when it is not there yet. */
export function ensureCheckSuite(
  world: World,
  repository: Repository,
  app: App,
  head: { readonly sha: string; readonly branch: string | null; readonly before: string | null },
): { readonly suite: CheckSuite; readonly created: boolean } {
  const known = repository.checkSuites.find((suite) => suite.app === app && suite.headSha === head.sha);
  if (known) return { suite: known, created: false };
  const now = timestamp(world);
  const suite: CheckSuite = {
    id: world.newId(),
    app,
    headSha: head.sha,
    headBranch: head.branch,
    before: head.before,
    createdAt: now,
    updatedAt: now,
  };
  repository.checkSuites.push(suite);
  return { suite, created: true };
}

/** Makes an App's suite for a pushed commit and asks the App to fill it. */
export async function openCheckSuite(
  world: World,
  repository: Repository,
  actor: Actor,
  app: App,
  head: { readonly sha: string; readonly branch: string; readonly before: string },
): Promise<void> {
  const { suite, created } = ensureCheckSuite(world, repository, app, head);
  if (created) await announceCheckSuite(world, repository, actor, suite, 'requested');
}

/** Asks the App for all checks of a suite again. */
export async function rerequestCheckSuite(
  world: World,
  repository: Repository,
  actor: Actor,
  suite: CheckSuite,
): Promise<void> {
  suite.updatedAt = timestamp(world);
  await announceCheckSuite(world, repository, actor, suite, 'rerequested');
}

async function announceCheckSuite(
  world: World,
  repository: Repository,
  actor: Actor,
  suite: CheckSuite,
  action: 'requested' | 'rerequested',
): Promise<void> {
  const audience = { repository, sender: actor.account, app: suite.app };
  await world.announce('check_suite', audience, async () => ({
    action,
    check_suite: renderWebhookCheckSuite(
      world,
      repository,
      suite,
      await commitOf(repository.git, suite.headSha),
    ),
  }));
}
