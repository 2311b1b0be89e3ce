import { addComment, deleteComment, editComment, findComment } from '../actions/comments.ts';
import { editIssue, type IssueEdit } from '../actions/issues.ts';
import { editPullRequest } from '../actions/pull-requests.ts';
import { addReaction } from '../actions/reactions.ts';
import { notFound } from '../http/refusal.ts';
import { type Actor, requireRole } from '../model/actor.ts';
import type { Issue } from '../model/issue.ts';
import { isPullRequest } from '../model/pull-request.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { conversationPage } from './conversation.ts';
import { act, type Form, type Refused } from './form.ts';
import { issuePage } from './issue.ts';
import { problemPage } from './layout.ts';
import { actorIn } from './people.ts';
import { issueIn, type PageApp, type PageContext, repositoryIn } from './site.ts';

/** The forms that issues and pull requests share: to comment, close and open again, edit, delete and react. */
export function remarks(app: PageApp): void {
  const here = '/:owner/:repo/:kind{pull|issues}/:number{\\d+}';
  app.post(`${here}/comment`, (c) => onIssue(c, comment));
  app.post(`${here}/edit`, (c) =>
    onIssue(c, async ({ world, repository, issue, actor, form }) => {
      await edit(world, repository, issue, actor, {
        title: form.title ?? issue.title,
        body: form.body ?? '',
      });
      return '';
    }),
  );
  app.post(`${here}/reactions`, (c) =>
    onIssue(c, async ({ world, issue, actor, form }) => {
      addReaction(world, issue, actor, form.content ?? '');
      return '';
    }),
  );
  const there = '/:owner/:repo/comments/:id{\\d+}';
  app.post(`${there}/edit`, (c) =>
    onComment(c, ({ world, repository, issue, actor, form }, found) =>
      editComment(world, repository, issue, found, actor, form.body ?? ''),
    ),
  );
  app.post(`${there}/delete`, (c) =>
    onComment(c, ({ world, repository, issue, actor }, found) =>
      deleteComment(world, repository, issue, found, actor),
    ),
  );
  app.post(`${there}/reactions`, (c) =>
    onComment(c, async ({ world, actor, form }, found) => {
      addReaction(world, found, actor, form.content ?? '');
    }),
  );
}

interface Deed {
  readonly world: World;
  readonly repository: Repository;
  readonly issue: Issue;
  readonly actor: Actor;
  readonly form: Form;
}

/** Comments, unless nothing was written, and then closes or opens again, if that is the button that was pressed. */
async function comment({ world, repository, issue, actor, form }: Deed): Promise<string> {
  const body = form.body ?? '';
  const state = form.state === 'closed' || form.state === 'open' ? form.state : null;
  const said = body.trim() !== '' || !state ? await addComment(world, repository, issue, actor, body) : null;
  if (state) await edit(world, repository, issue, actor, { state });
  return said ? `#issuecomment-${said.id}` : '';
}

function edit(
  world: World,
  repository: Repository,
  issue: Issue,
  actor: Actor,
  change: IssueEdit,
): Promise<void> {
  return isPullRequest(issue)
    ? editPullRequest(world, repository, issue, actor, change)
    : editIssue(world, repository, issue, actor, change);
}

function onIssue(c: PageContext, deed: (deed: Deed) => Promise<string>): Promise<Response> {
  const { world } = c.var.site;
  const repository = repositoryIn(c);
  const issue = issueIn(c, repository);
  const again = (refused: Refused) => (issue.pull ? conversationPage(c, refused) : issuePage(c, refused));
  return act(
    c,
    async (form) => {
      const actor = actorIn(c, form.as ?? '');
      requireRole(world, repository, actor, 'read');
      return `${pathTo(repository, issue)}${await deed({ world, repository, issue, actor, form })}`;
    },
    again,
  );
}

function onComment(
  c: PageContext,
  deed: (deed: Deed, comment: Issue['comments'][number]) => Promise<void>,
): Promise<Response> {
  const { world } = c.var.site;
  const repository = repositoryIn(c);
  const found = findComment(repository, Number(c.req.param('id')));
  if (!found) throw notFound();
  const { issue } = found;
  return act(
    c,
    async (form) => {
      const actor = actorIn(c, form.as ?? '');
      requireRole(world, repository, actor, 'read');
      await deed({ world, repository, issue, actor, form }, found.comment);
      return `${pathTo(repository, issue)}#issuecomment-${found.comment.id}`;
    },
    // The address names no conversation, so there is no page to show again.
    ({ message }) => problemPage(c, 422, message),
  );
}

function pathTo(repository: Repository, issue: Issue): string {
  return `/${fullName(repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
}
