import { editIssue, openIssue } from '../actions/issues.ts';
import { addLabels, removeLabel } from '../actions/labels.ts';
import { editPullRequest } from '../actions/pull-requests.ts';
import {
  type Call,
  conversationPermission,
  created,
  ok,
  onRepository,
  type RouteTable,
} from '../http/call.ts';
import { type Fields, fieldsOf, present } from '../http/fields.ts';
import { invalid, notFound } from '../http/refusal.ts';
import type { Account } from '../model/account.ts';
import type { Issue } from '../model/issue.ts';
import { isPullRequest } from '../model/pull-request.ts';
import { findAccount, type World } from '../model/world.ts';
import { renderLabel, renderRestIssue } from '../render/issue.ts';

/** Issues, which pull requests are too, and their labels. */
export const issueRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/issues': {
    access: onRepository('issues', 'read'),
    handle(call) {
      const { world, repository, query } = call;
      const state = query.get('state') ?? 'open';
      const labels = (query.get('labels') ?? '').split(',').filter((label) => label !== '');
      const creator = query.get('creator');
      const found = [...repository.issues.values()]
        .reverse()
        .filter(
          (issue) =>
            (state === 'all' || issue.state === state) &&
            (creator === null || creator === issue.author.login) &&
            labels.every((label) => issue.labels.some((one) => one.name === label)),
        );
      return ok(call.page(found).map((issue) => renderRestIssue(world, repository, issue)));
    },
  },
  'POST /repos/{owner}/{repo}/issues': {
    access: onRepository('issues', 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const body = fieldsOf(call, 'Issue');
      const issue = await openIssue(world, repository, actor, {
        title: body.text('title'),
        ...present({
          body: body.nullableText('body'),
          labels: body.texts('labels'),
          assignees: assignees(world, body),
        }),
      });
      return created(renderRestIssue(world, repository, issue));
    },
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}': {
    access: onRepository(conversationPermission, 'read'),
    handle: (call) => ok(renderRestIssue(call.world, call.repository, issueIn(call))),
  },
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': {
    access: onRepository(conversationPermission, 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const issue = issueIn(call);
      const body = fieldsOf(call, 'Issue');
      const edit = present({
        title: body.optionalText('title'),
        body: body.nullableText('body'),
        state: body.optionalOneOf('state', ['open', 'closed']),
        stateReason: body.optionalOneOf('state_reason', ['completed', 'not_planned', 'reopened']),
        labels: body.texts('labels'),
        assignees: assignees(world, body),
      });
      if (isPullRequest(issue)) await editPullRequest(world, repository, issue, actor, edit);
      else await editIssue(world, repository, issue, actor, edit);
      return ok(renderRestIssue(world, repository, issue));
    },
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}/labels': {
    access: onRepository(conversationPermission, 'read'),
    handle: (call) => ok(call.page(labelsOf(call))),
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/labels': {
    access: onRepository(conversationPermission, 'write', 'triage'),
    async handle(call) {
      const names = fieldsOf(call, 'Label').texts('labels') ?? bareList(call);
      await addLabels(call.world, call.repository, issueIn(call), call.actor, names);
      return ok(labelsOf(call));
    },
  },
  'PUT /repos/{owner}/{repo}/issues/{issue_number}/labels': {
    access: onRepository(conversationPermission, 'write', 'triage'),
    async handle(call) {
      const { world, repository, actor } = call;
      const issue = issueIn(call);
      const names = fieldsOf(call, 'Label').texts('labels') ?? bareList(call);
      for (const label of [...issue.labels]) {
        if (!names.includes(label.name)) await removeLabel(world, repository, issue, actor, label.name);
      }
      await addLabels(world, repository, issue, actor, names);
      return ok(labelsOf(call));
    },
  },
  'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}': {
    access: onRepository(conversationPermission, 'write', 'triage'),
    async handle(call) {
      const { world, repository, actor, path } = call;
      if (!(await removeLabel(world, repository, issueIn(call), actor, path.name!))) throw notFound();
      return ok(labelsOf(call));
    },
  },
  'GET /repos/{owner}/{repo}/labels': {
    access: onRepository('issues', 'read'),
    handle(call) {
      const { world, repository } = call;
      return ok(
        call.page([...repository.labels.values()]).map((label) => renderLabel(world, repository, label)),
      );
    },
  },
};

/** The issue, or pull request, whose number is in the path. */
export function issueIn(call: Call): Issue {
  const issue = call.repository.issues.get(call.number('issue_number'));
  if (!issue) throw notFound();
  return issue;
}

function labelsOf(call: Call) {
  return issueIn(call).labels.map((label) => renderLabel(call.world, call.repository, label));
}

/** Labels given as a bare list, which is the older form of these two routes. */
function bareList(call: Call): string[] {
  return fieldsOf(call, 'Label').texts('') ?? [];
}

function assignees(world: World, body: Fields): Account[] | undefined {
  return body.texts('assignees')?.map((login) => {
    const account = findAccount(world, login);
    if (!account) throw invalid({ resource: 'Issue', field: 'assignees', code: 'invalid' });
    return account;
  });
}
