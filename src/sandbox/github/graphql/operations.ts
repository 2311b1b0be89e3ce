import { tokenRole } from '../http/allow.ts';
import type { Actor } from '../model/actor.ts';
import type { Token } from '../model/app.ts';
import { mergeStateOf } from '../model/merge-state.ts';
import { isPullRequest } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole } from '../model/role.ts';
import { findRepository, type World } from '../model/world.ts';
import { nodeId, parseNodeId } from '../render/addresses.ts';
import { issueUrl } from '../render/issue.ts';
import type { RootField } from './root-field.ts';

/** An error in a GraphQL answer. */
export interface GraphqlError {
  readonly type: string;
  readonly message: string;
  readonly path?: readonly string[];
}

/** Answers one top-level field. */
export type Operation = (
  world: World,
  who: { readonly actor: Actor; readonly token: Token },
  root: RootField,
) => Promise<{ readonly data: unknown } | { readonly error: GraphqlError }>;

/** What is answered, by kind and field. */
export const operations: Readonly<Record<string, Operation>> = {
  'query viewer': async (_world, { actor }) => ({
    data: {
      login: actor.account.login,
      id: nodeId(actor.account.type, actor.account.id),
      __typename: 'User',
    },
  }),
  'query repository': queryRepository,
  'mutation minimizeComment': (world, who, root) => setMinimised(world, who, root, true),
  'mutation unminimizeComment': (world, who, root) => setMinimised(world, who, root, false),
};

async function queryRepository(
  world: World,
  { token }: { readonly token: Token },
  root: RootField,
): Promise<{ readonly data: unknown } | { readonly error: GraphqlError }> {
  const name = `${root.arguments.owner}/${root.arguments.name}`;
  const repository = findRepository(world, name);
  if (!repository || tokenRole(world, repository, token) === 'none') {
    const message = `Could not resolve to a Repository with the name '${name}'.`;
    return { error: { type: 'NOT_FOUND', message } };
  }
  const number = root.nested.pullRequest?.number;
  if (number === undefined) return { data: { ...basics(repository), pullRequest: null } };
  const issue = repository.issues.get(Number(number));
  if (!issue || !isPullRequest(issue)) {
    return {
      error: {
        type: 'NOT_FOUND',
        message: `Could not resolve to a PullRequest with the number of ${number}.`,
      },
    };
  }
  const { pull } = issue;
  const merge = await mergeStateOf(world, repository, issue);
  const pullRequest = {
    id: nodeId('PullRequest', pull.id),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    url: issueUrl(world, repository, issue),
    state: pull.mergedAt ? 'MERGED' : issue.state.toUpperCase(),
    isDraft: pull.draft,
    merged: pull.mergedAt !== null,
    mergeable: merge.mergeable === null ? 'UNKNOWN' : merge.mergeable ? 'MERGEABLE' : 'CONFLICTING',
    mergeStateStatus: merge.state.toUpperCase(),
    author: { login: issue.author.login },
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    comments: {
      totalCount: issue.comments.length,
      nodes: issue.comments.map((comment) => ({
        id: nodeId('IssueComment', comment.id),
        databaseId: comment.id,
        body: comment.body,
        author: { login: comment.author.login },
        isMinimized: comment.minimised !== null,
        minimizedReason: comment.minimised?.toLowerCase() ?? null,
      })),
    },
  };
  return { data: { ...basics(repository), pullRequest } };
}

function basics(repository: Repository) {
  return {
    id: nodeId('Repository', repository.id),
    name: repository.name,
    nameWithOwner: `${repository.owner.login}/${repository.name}`,
    isPrivate: repository.private,
    defaultBranchRef: { name: repository.defaultBranch },
  };
}

/** Hides a comment, or shows it again. Its author may, and whoever may write to the repository. */
async function setMinimised(
  world: World,
  { actor, token }: { readonly actor: Actor; readonly token: Token },
  root: RootField,
  hide: boolean,
): Promise<{ readonly data: unknown } | { readonly error: GraphqlError }> {
  const input = (root.arguments.input ?? {}) as Record<string, unknown>;
  const id = String(input.subjectId ?? '');
  const node = parseNodeId(id);
  for (const repository of world.repositories.values()) {
    for (const issue of repository.issues.values()) {
      const comment = issue.comments.find((one) => node?.kind === 'IssueComment' && one.id === node.id);
      if (!comment) continue;
      const role = tokenRole(world, repository, token);
      if (comment.author.id !== actor.account.id && !includesRole(role, 'write')) {
        return { error: { type: 'FORBIDDEN', message: 'Resource not accessible by integration' } };
      }
      comment.minimised = hide ? String(input.classifier ?? 'OUTDATED') : null;
      const minimised = {
        isMinimized: hide,
        minimizedReason: comment.minimised?.toLowerCase() ?? null,
        viewerCanMinimize: true,
      };
      const key = hide ? 'minimizedComment' : 'unminimizedComment';
      return { data: { clientMutationId: input.clientMutationId ?? null, [key]: { id, ...minimised } } };
    }
  }
  return {
    error: { type: 'NOT_FOUND', message: `Could not resolve to a node with the global id of '${id}'` },
  };
}
