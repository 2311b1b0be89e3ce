import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { enqueueOptions } from '../../src/github/app.ts';
import { placeOf, type WebhookEvent } from '../../src/github/events/event.ts';
import { installationEvents, webhookEvents } from '../../src/github/events/registry.ts';

const common = {
  installation: { id: 5 },
  repository: { id: 7, name: 'shop', owner: { login: 'acme' } },
};
const onPull = { number: 1, pull_request: {} };
const person = { type: 'User' };
const bot = { type: 'Bot' };

const pushed = (path: string) => ({
  ref: 'refs/heads/main',
  repository: { ...common.repository, default_branch: 'main' },
  commits: [{ added: [], modified: [path], removed: [] }],
});

/** The kinds of the jobs that a webhook asks for. */
function jobsOf(name: keyof typeof webhookEvents, payload: object): string[] {
  const event = webhookEvents[name] as WebhookEvent;
  const all = { ...common, ...payload };
  return event.jobs(all, placeOf(all)!).map((job) => job.kind);
}

describe('webhooks ask for jobs', () => {
  const pull = { number: 1, pull_request: { merged: false } };
  const comment = (body: string, user: object = person) => ({
    issue: onPull,
    comment: { id: 2, body, user },
  });
  const review = { pull_request: { number: 1 }, review: { id: 3 } };

  test.for([
    ['a pull request that is opened is planned', 'pull_request', { ...pull, action: 'opened' }, ['review']],
    ['one that is pushed to', 'pull_request', { ...pull, action: 'synchronize' }, ['review']],
    ['one that is opened again', 'pull_request', { ...pull, action: 'reopened' }, ['review']],
    [
      'one that is aimed at another branch',
      'pull_request',
      { ...pull, action: 'edited', changes: { base: {} } },
      ['review'],
    ],
    [
      'one whose title is edited is not',
      'pull_request',
      { ...pull, action: 'edited', changes: { title: {} } },
      [],
    ],
    [
      'one that is given a label is decided again',
      'pull_request',
      { ...pull, action: 'labeled' },
      ['labels'],
    ],
    [
      'one that is merged is applied',
      'pull_request',
      { number: 1, pull_request: { merged: true }, action: 'closed' },
      ['merge'],
    ],
    ['one that is closed is let go', 'pull_request', { ...pull, action: 'closed' }, ['close']],
    ['an approval is heard', 'issue_comment', { ...comment('approve'), action: 'created' }, ['comment']],
    ['a command is heard', 'issue_comment', { ...comment('/slipway plan'), action: 'created' }, ['comment']],
    [
      'a cancel is heard beside the others',
      'issue_comment',
      { ...comment('/slipway cancel'), action: 'created' },
      ['cancel'],
    ],
    ['talk is not', 'issue_comment', { ...comment('I approve'), action: 'created' }, []],
    [
      'a command on an issue is not',
      'issue_comment',
      { ...comment('approve'), issue: { number: 1 }, action: 'created' },
      [],
    ],
    [
      'an approval of a bot is heard, to be told why it does not count',
      'issue_comment',
      { ...comment('approve', bot), action: 'created' },
      ['comment'],
    ],
    [
      'a command of a bot is not',
      'issue_comment',
      { ...comment('/slipway apply', bot), action: 'created' },
      [],
    ],
    [
      'an edited comment of a person says nothing any more, whoever edited it',
      'issue_comment',
      { ...comment('approve'), action: 'edited', sender: bot },
      ['retract'],
    ],
    ['nor does a deleted one', 'issue_comment', { ...comment('approve'), action: 'deleted' }, ['retract']],
    [
      'our own comments are edited all the time',
      'issue_comment',
      { ...comment('…', bot), action: 'edited', sender: bot },
      [],
    ],
    [
      'but one that a person edits is written again',
      'issue_comment',
      { ...comment('…', bot), action: 'edited', sender: { login: 'author', type: 'User' } },
      ['review'],
    ],
    ['a review is heard', 'pull_request_review', { ...review, action: 'submitted' }, ['hear-review']],
    [
      'and so is its dismissal, also by an App',
      'pull_request_review',
      { ...review, action: 'dismissed', sender: bot },
      ['hear-review'],
    ],
    ['what is edited in it is not', 'pull_request_review', { ...review, action: 'edited' }, []],
    [
      'the button Re-run of a check asks for all of its commit, also where no pull request is listed',
      'check_run',
      { action: 'rerequested', check_run: { head_sha: 'abc', check_suite: { head_branch: null } } },
      ['rerun'],
    ],
    [
      'that of the policies asks for theirs alone',
      'check_run',
      { action: 'rerequested', check_run: { name: 'slipway/policies', head_sha: 'abc', check_suite: null } },
      ['check-policies'],
    ],
    ['a push may be of the policies', 'push', { ref: 'refs/heads/main' }, ['policies']],
    ['a push to the settings', 'push', pushed('.github/slipway.yml'), ['policies', 'settings']],
    ['a push to the code owners', 'push', pushed('.github/CODEOWNERS'), ['policies', 'settings']],
    ['a forced push', 'push', { ...pushed('README.md'), forced: true }, ['policies', 'settings']],
    ['a push of something else', 'push', pushed('infra/shop.yaml'), ['policies']],
    [
      'a push of settings to another branch',
      'push',
      { ...pushed('.github/slipway.yml'), ref: 'refs/heads/other' },
      ['policies'],
    ],
    [
      'a check that was made asks for nothing',
      'check_run',
      { action: 'created', check_run: { head_sha: 'abc', check_suite: { head_branch: 'main' } } },
      [],
    ],
    [
      'Re-run all checks does the same',
      'check_suite',
      { action: 'rerequested', check_suite: { head_sha: 'abc', head_branch: 'change' } },
      ['rerun'],
    ],
    [
      'on the commit of a merge queue it plans that commit',
      'check_suite',
      {
        action: 'rerequested',
        check_suite: { head_sha: 'abc', head_branch: `gh-readonly-queue/main/pr-1-${'a'.repeat(40)}` },
      },
      ['merge-group'],
    ],
    [
      'the commit of a merge queue is planned',
      'merge_group',
      { action: 'checks_requested', merge_group: { head_sha: 'abc', head_ref: 'refs/heads/x' } },
      ['merge-group'],
    ],
    [
      'one that is over is not',
      'merge_group',
      { action: 'destroyed', merge_group: { head_sha: 'abc', head_ref: 'refs/heads/x' } },
      [],
    ],
  ] as const)('%s', ([, name, payload, kinds]) => {
    expect(jobsOf(name, payload)).toEqual(kinds);
  });

  test.for([
    ['installation', 'created', ['sweep']],
    ['installation', 'unsuspend', ['sweep']],
    ['installation', 'deleted', []],
    ['installation', 'suspend', []],
    ['installation_repositories', 'added', ['sweep']],
    ['installation_repositories', 'removed', []],
  ] as const)('%s %s asks for %j', ([name, action, kinds]) => {
    const payload = { action, installation: { id: 5, updated_at: '2026-01-01T00:00:00Z' } };
    expect(installationEvents[name]?.jobs(payload).map((job) => job.kind)).toEqual(kinds);
  });

  test('each goes to the place that the webhook names', () => {
    const payload = { ...common, ...pull, action: 'opened' };
    const [job] = webhookEvents.pull_request.jobs(payload, placeOf(payload)!);
    expect(job?.payload).toEqual({
      installation: 5,
      owner: 'acme',
      repo: 'shop',
      repositoryId: 7,
      number: 1,
    });
  });

  test('and none where there is no installation or no repository', () => {
    expect(placeOf({ repository: common.repository })).toBeUndefined();
    expect(placeOf({ installation: common.installation })).toBeUndefined();
  });

  test('those of one pull request wait for one another, and a plan is made once for many pushes', () => {
    const place = { installation: 5, owner: 'Acme', repo: 'shop', number: 1 };
    const key = 'acme/shop#1';
    expect(enqueueOptions({ kind: 'review', payload: place })).toEqual({ key, coalesce: true });
    expect(enqueueOptions({ kind: 'comment', payload: { ...place, comment: 2 } })).toEqual({
      key,
      coalesce: false,
    });
  });

  test('app.yml asks GitHub for exactly these events', () => {
    const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8'));
    expect([...manifest.default_events].sort()).toEqual(Object.keys(webhookEvents).sort());
  });
});
