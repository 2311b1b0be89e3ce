import type {
  CheckRunCompletedEvent,
  CheckRunRequestedActionEvent,
  CheckRunRerequestedEvent,
} from '@octokit/webhooks-types';
import { resolveCommit } from '../git/commits.ts';
import { invalid, refusal } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import type { App } from '../model/app.ts';
import type { Annotation, CheckAction, CheckConclusion, CheckRun, CheckStatus } from '../model/check.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderWebhookCheckRun } from '../render/check.ts';
import { ensureCheckSuite } from './check-suites.ts';

/** The longest text of a check run's output, and the most annotations in one call, as GitHub documents them. */
const longestOutput = 65_535;
const mostAnnotations = 50;
const mostActions = 3;

/** Fields of a check run that can be set, at first and later. */
export interface CheckRunEdit {
  readonly name?: string;
  readonly status?: CheckStatus;
  readonly conclusion?: CheckConclusion;
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly externalId?: string;
  readonly detailsUrl?: string;
  readonly output?: {
    readonly title?: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly Annotation[];
  };
  readonly actions?: readonly CheckAction[];
}

/** Makes a check run on a commit. Only Apps can. */
export async function createCheckRun(
  world: World,
  repository: Repository,
  actor: Actor,
  edit: CheckRunEdit & { readonly name: string; readonly headSha: string },
): Promise<CheckRun> {
  const app = requireApp(actor);
  if (!/^[0-9a-f]{40}$/.test(edit.headSha) || !(await resolveCommit(repository.git, edit.headSha))) {
    throw refusal(422, `No commit found for SHA: ${edit.headSha}`);
  }
  requireFits(edit);
  const { suite } = ensureCheckSuite(world, repository, app, {
    sha: edit.headSha,
    branch: branchAt(repository, edit.headSha),
    before: null,
  });
  const run: CheckRun = {
    id: world.newId(),
    suite,
    headSha: edit.headSha,
    name: edit.name,
    status: 'queued',
    conclusion: null,
    startedAt: timestamp(world),
    completedAt: null,
    externalId: '',
    detailsUrl: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  change(world, run, edit);
  repository.checkRuns.push(run);
  await announceCheckRun(world, repository, actor, run, 'created');
  if (run.status === 'completed') await announceCheckRun(world, repository, actor, run, 'completed');
  return run;
}

/** Updates a check run. Only the App that made it can. Annotations are added to those that are there. */
export async function updateCheckRun(
  world: World,
  repository: Repository,
  actor: Actor,
  run: CheckRun,
  edit: CheckRunEdit,
): Promise<void> {
  if (run.suite.app !== requireApp(actor))
    throw refusal(
      403,
      'Invalid app_id `' +
        actor.installation?.app.id +
        '` - check run can only be modified by the GitHub App that created it.',
    );
  requireFits(edit);
  const before = run.status;
  change(world, run, edit);
  if (before !== 'completed' && run.status === 'completed') {
    await announceCheckRun(world, repository, actor, run, 'completed');
  }
}

function requireApp(actor: Actor): App {
  const app = actor.installation?.app;
  if (!app) throw refusal(403, 'You must authenticate via a GitHub App.');
  return app;
}

function branchAt(repository: Repository, sha: string): string | null {
  for (const [ref, oid] of repository.git.refs) {
    if (oid === sha && ref.startsWith('refs/heads/')) return ref.slice('refs/heads/'.length);
  }
  return null;
}

function change(world: World, run: CheckRun, edit: CheckRunEdit): void {
  run.name = edit.name ?? run.name;
  run.status = edit.status ?? run.status;
  run.startedAt = edit.startedAt ?? run.startedAt;
  run.externalId = edit.externalId ?? run.externalId;
  run.detailsUrl = edit.detailsUrl ?? run.detailsUrl;
  run.actions = edit.actions ?? run.actions;
  if (edit.conclusion !== undefined) {
    run.conclusion = edit.conclusion;
    run.status = 'completed';
  } else if (edit.status === 'completed' && run.conclusion === null) {
    throw refusal(422, 'Invalid request.\n\nMissing required key "conclusion".');
  } else if (edit.status !== undefined && edit.status !== 'completed') {
    run.conclusion = null;
    run.completedAt = null;
  }
  if (run.status === 'completed') run.completedAt = edit.completedAt ?? run.completedAt ?? timestamp(world);
  if (edit.output) {
    const { title, summary, text, annotations } = edit.output;
    run.output = { title: title ?? run.output.title, summary, text: text ?? run.output.text };
    run.annotations.push(...(annotations ?? []));
  }
  run.suite.updatedAt = timestamp(world);
}

function requireFits({ output, actions }: CheckRunEdit): void {
  for (const text of [output?.summary, output?.text]) {
    if (text && text.length > longestOutput) {
      const message = `Only ${longestOutput} characters are allowed; ${text.length} were supplied.`;
      throw refusal(422, `Invalid request.\n\n${message}`);
    }
  }
  const annotations = output?.annotations ?? [];
  if (annotations.length > mostAnnotations) {
    const message = `No more than ${mostAnnotations} items are allowed; ${annotations.length} were supplied.`;
    throw refusal(422, `Invalid request.\n\n${message}`);
  }
  if (actions && actions.length > mostActions) {
    throw refusal(
      422,
      `Invalid request.\n\nNo more than ${mostActions} items are allowed; ${actions.length} were supplied.`,
    );
  }
  for (const annotation of annotations) {
    const backwards = annotation.endLine < annotation.startLine;
    const severalLines = annotation.startLine !== annotation.endLine;
    if (backwards || (severalLines && annotation.startColumn !== null)) {
      throw invalid({ resource: 'CheckRun', field: 'annotations', code: 'invalid' });
    }
  }
}

/** Asks the App that made it for a check run again. */
export async function rerequestCheckRun(
  world: World,
  repository: Repository,
  actor: Actor,
  run: CheckRun,
): Promise<void> {
  await announceCheckRun(world, repository, actor, run, 'rerequested');
}

/** Presses one of the buttons that an App has put on its check run. */
export async function requestCheckAction(
  world: World,
  repository: Repository,
  actor: Actor,
  run: CheckRun,
  identifier: string,
): Promise<void> {
  if (!run.actions.some((action) => action.identifier === identifier)) {
    throw invalid({ resource: 'CheckRun', field: 'identifier', code: 'invalid' });
  }
  const audience = { repository, sender: actor.account, app: run.suite.app };
  await world.announce('check_run', audience, () => ({
    action: 'requested_action' as const,
    // No check run here is ever `waiting`, which is the one status that this event's type does not have.
    check_run: renderWebhookCheckRun(world, repository, run) as CheckRunRequestedActionEvent['check_run'],
    requested_action: { identifier },
  }));
}

async function announceCheckRun(
  world: World,
  repository: Repository,
  actor: Actor,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested',
): Promise<void> {
  const audience = {
    repository,
    sender: actor.account,
    ...(action === 'rerequested' ? { app: run.suite.app } : {}),
  };
  await world.announce('check_run', audience, () => {
    const rendered = renderWebhookCheckRun(world, repository, run);
    if (action === 'created') return { action, check_run: rendered };
    if (action === 'completed') return { action, check_run: rendered as CheckRunCompletedEvent['check_run'] };
    // The published type has these only of suites that are completed; GitHub sends them of any.
    return { action, check_run: rendered as CheckRunRerequestedEvent['check_run'] };
  });
}
