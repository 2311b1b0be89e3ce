import { GraphQLError } from 'graphql';
import { type Commit, commitsBetween, readCommit, type Signature } from '../git/commits.ts';
import { readTree } from '../git/trees.ts';
import { includesLevel, tokenRole } from '../http/allow.ts';
import type { Actor } from '../model/actor.ts';
import type { Token } from '../model/app.ts';
import type { Comment } from '../model/issue.ts';
import { mergeStateOf } from '../model/merge-state.ts';
import { isPullRequest, type PullRequestIssue } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole } from '../model/role.ts';
import { findRepository, type World } from '../model/world.ts';
import { nodeId, parseNodeId } from '../render/addresses.ts';
import { accountOfEmail } from '../render/commit.ts';
import { issueUrl } from '../render/issue.ts';
import { mergeQueueFields } from './merge-queue.ts';
import { organisationFields, userFields } from './organisation.ts';

/** Who asks, and of what world. */
export interface Asker {
  readonly world: World;
  readonly actor: Actor;
  readonly token: Token;
}

/** GitHub's own kinds of refusal, in the shape in which its GraphQL API answers them. */
export function refuse(type: 'NOT_FOUND' | 'FORBIDDEN', message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** The top-level fields, as graphql-js calls them. */
export const resolvers = {
  viewer: (_: unknown, { actor }: Asker) => ({
    id: nodeId(actor.account.type, actor.account.id),
    login: actor.account.login,
  }),
  repository({ owner, name }: { owner: string; name: string }, { world, token }: Asker) {
    const repository = findRepository(world, `${owner}/${name}`);
    if (!repository || tokenRole(world, repository, token) === 'none') {
      throw refuse('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    }
    return repositoryFields(world, repository, token);
  },
  organization: organisationFields,
  minimizeComment({ input }: { input: MinimizeInput }, asker: Asker) {
    const minimizedComment = setMinimised(asker, input.subjectId, input.classifier ?? 'OUTDATED');
    return { clientMutationId: input.clientMutationId, minimizedComment };
  },
  unminimizeComment({ input }: { input: MinimizeInput }, asker: Asker) {
    const unminimizedComment = setMinimised(asker, input.subjectId, null);
    return { clientMutationId: input.clientMutationId, unminimizedComment };
  },
};

interface MinimizeInput {
  readonly subjectId: string;
  readonly classifier?: string;
  readonly clientMutationId?: string;
}

function repositoryFields(world: World, repository: Repository, token: Token) {
  return {
    id: nodeId('Repository', repository.id),
    name: repository.name,
    nameWithOwner: `${repository.owner.login}/${repository.name}`,
    isPrivate: repository.private,
    defaultBranchRef: {
      name: repository.defaultBranch,
      target: () => gitObject(world, repository, `refs/heads/${repository.defaultBranch}`),
    },
    object({ expression }: { expression?: string }) {
      if (token.kind === 'installation' && !includesLevel(token.permissions.contents, 'read')) {
        throw refuse('FORBIDDEN', 'Resource not accessible by integration');
      }
      return gitObject(world, repository, expression ?? '');
    },
    rebaseMergeAllowed: true,
    ref({ qualifiedName }: { qualifiedName: string }) {
      const oid = repository.git.refs.get(qualifiedName);
      if (oid === undefined) return null;
      return {
        name: qualifiedName.replace(/^refs\/[^/]+\//, ''),
        target: () => gitObject(world, repository, oid),
      };
    },
    pullRequest({ number }: { number: number }) {
      const issue = repository.issues.get(number);
      if (issue && isPullRequest(issue)) return pullRequestFields(world, repository, issue);
      throw refuse('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
    },
    mergeQueue: ({ branch }: { branch?: string }) => mergeQueueFields({ world, token }, repository, branch),
  };
}

const typeNames: Readonly<Record<string, string>> = {
  blob: 'Blob',
  tree: 'Tree',
  commit: 'Commit',
  tag: 'Tag',
};

/** GitHub's limit for `text`; beyond it the text is cut and `isTruncated` says so. */
const textLimit = 512_000;

/** A git revision such as `main:infra/shop.yaml`; null when it names nothing. */
async function gitObject(world: World, repository: Repository, expression: string) {
  const found = await repository.git.objects.read(expression);
  const typeName = found && typeNames[found.type];
  if (!found || !typeName) return null;
  if (typeName === 'Commit') return readCommitFields(world, repository, found.oid);
  if (typeName === 'Tree') return treeFields(world, repository, found.oid, expression);
  if (typeName === 'Tag') return tagFields(world, repository, found.oid, found.data.toString());
  const isBinary = found.data.subarray(0, 8000).includes(0);
  return {
    __typename: typeName,
    oid: found.oid,
    byteSize: found.data.length,
    isBinary,
    isTruncated: found.data.length > textLimit,
    text: isBinary ? null : found.data.subarray(0, textLimit).toString('utf8'),
  };
}

/** An annotated tag: an object of its own, which names the one that it is of. */
function tagFields(world: World, repository: Repository, oid: string, text: string) {
  const named = (header: string) => new RegExp(`^${header} (.*)$`, 'm').exec(text)?.[1] ?? '';
  return {
    __typename: 'Tag',
    oid,
    name: named('tag'),
    target: () => gitObject(world, repository, named('object')),
  };
}

function treeFields(world: World, repository: Repository, oid: string, expression: string) {
  const folder = expression.slice(expression.indexOf(':') + 1).replace(/\/$/, '');
  return {
    __typename: 'Tree',
    oid,
    entries: async () =>
      (await readTree(repository.git, oid, false)).map(({ path: name, type, oid: id }) => ({
        name,
        path: folder === '' ? name : `${folder}/${name}`,
        type,
        oid: id,
        object: () => gitObject(world, repository, id),
      })),
  };
}

/** A commit, as graphql-js reads it. */
export async function readCommitFields(
  world: World,
  repository: Repository,
  oid: string,
): Promise<object | null> {
  const commit = await readCommit(repository.git, oid);
  return commit && commitFields(world, repository, commit);
}

function commitFields(world: World, repository: Repository, commit: Commit): object {
  return {
    __typename: 'Commit',
    oid: commit.oid,
    author: gitActor(world, commit.author),
    committer: gitActor(world, commit.committer),
    async file({ path }: { path: string }) {
      const found = await repository.git.objects.read(`${commit.oid}:${path}`);
      const name = path.slice(path.lastIndexOf('/') + 1);
      return found && { name, path, type: found.type, oid: found.oid };
    },
    parents: ({ first }: { first?: number }) => ({
      totalCount: commit.parents.length,
      nodes: commit.parents.slice(0, first).map((parent) => readCommitFields(world, repository, parent)),
    }),
  };
}

function gitActor(world: World, { name, email }: Signature): object {
  const account = accountOfEmail(world, email);
  return { name, user: account && userFields(account) };
}

/** A pull request, as graphql-js reads it. */
export async function pullRequestFields(world: World, repository: Repository, issue: PullRequestIssue) {
  const { pull } = issue;
  const merge = await mergeStateOf(world, repository, issue);
  return {
    id: nodeId('PullRequest', pull.id),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    url: issueUrl(world, repository, issue),
    state: pull.mergedAt ? 'MERGED' : issue.state.toUpperCase(),
    isDraft: pull.draft,
    merged: pull.mergedAt !== null,
    mergeable: merge.mergeable === null ? 'UNKNOWN' : merge.mergeable ? 'MERGEABLE' : 'CONFLICTING',
    potentialMergeCommit: () =>
      merge.mergeable && pull.mergeCommitSha
        ? readCommitFields(world, repository, pull.mergeCommitSha)
        : null,
    author: { login: issue.author.login },
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    comments: ({ first }: { first?: number }) => ({
      totalCount: issue.comments.length,
      nodes: issue.comments.slice(0, first).map(commentFields),
    }),
    async commits({ first, last, after }: { first?: number; last?: number; after?: string }) {
      const all = await commitsBetween(repository.git, pull.baseSha, pull.headSha);
      const from = last === undefined ? Number(after ?? 0) : Math.max(0, all.length - last);
      const to = last === undefined ? from + (first ?? all.length) : all.length;
      return {
        totalCount: all.length,
        nodes: all.slice(from, to).map((c) => ({ commit: commitFields(world, repository, c) })),
        pageInfo: { hasNextPage: to < all.length, endCursor: String(to) },
      };
    },
  };
}

function commentFields(comment: Comment) {
  return {
    __typename: 'IssueComment',
    id: nodeId('IssueComment', comment.id),
    databaseId: comment.id,
    body: comment.body,
    author: { login: comment.author.login },
    isMinimized: comment.minimised !== null,
    minimizedReason: comment.minimised?.toLowerCase() ?? null,
  };
}

/** Hides a comment, or shows it again. Its author may, and whoever may write to the repository. */
function setMinimised({ world, actor, token }: Asker, subjectId: string, classifier: string | null) {
  const node = parseNodeId(subjectId);
  for (const repository of world.repositories.values()) {
    for (const issue of repository.issues.values()) {
      const comment = issue.comments.find((one) => node?.kind === 'IssueComment' && one.id === node.id);
      if (!comment) continue;
      if (
        comment.author.id !== actor.account.id &&
        !includesRole(tokenRole(world, repository, token), 'write')
      ) {
        throw refuse('FORBIDDEN', 'Resource not accessible by integration');
      }
      comment.minimised = classifier;
      return commentFields(comment);
    }
  }
  throw refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${subjectId}'`);
}
