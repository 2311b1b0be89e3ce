import type { QueueEntry } from '../workflow/merge-queue.ts';
import type { ListedPullRequest, PullRequestLists } from '../workflow/sweep.ts';
import type { RepositoryAccess } from './open-repository.ts';

/** A list as GitHub last gave it, by its address: one that did not change since costs nothing of the rate limit. */
export type ListMemory = Map<string, { readonly etag: string; readonly pulls: readonly ListedPullRequest[] }>;

/** Of those that are closed, the latest: what was merged and heard of by nobody. */
const recentlyClosed = 50;

/** https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate */
const notModified = 304;

interface QueueAnswer {
  readonly repository: {
    readonly mergeQueue: {
      readonly entries: {
        readonly nodes: readonly (QueueNode | null)[] | null;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      } | null;
    } | null;
  };
}

interface QueueNode {
  readonly pullRequest: { readonly number: number } | null;
  readonly headCommit: { readonly oid: string } | null;
}

/** https://docs.github.com/en/graphql/reference/objects#mergequeueentry; without a branch it is the default one's. */
const queueQuery = `query ($owner: String!, $repo: String!, $after: String) {
  repository(owner: $owner, name: $repo) {
    mergeQueue {
      entries(first: 100, after: $after) {
        nodes { pullRequest { number } headCommit { oid } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

function queueEntry(node: QueueNode | null): QueueEntry[] {
  if (!node?.pullRequest) return [];
  const { pullRequest, headCommit } = node;
  return [{ number: pullRequest.number, ...(headCommit ? { headSha: headCommit.oid } : {}) }];
}

/** The lists of a repository's pull requests, comments and reviews; those of pull requests are remembered. */
export function openLists(access: RepositoryAccess, memory: ListMemory): PullRequestLists {
  const { octokit, owner, repo } = access;
  const here = { owner, repo };

  /** What changes moves a pull request to the first page, or off the list and on to the other one. */
  const list = async (state: 'open' | 'closed', size: number, whole: boolean) => {
    const key = `${owner}/${repo} ${state}`;
    const known = memory.get(key);
    const query = { ...here, state, sort: 'updated', direction: 'desc', per_page: size } as const;
    try {
      const headers = known ? { 'if-none-match': known.etag } : {};
      const first = await octokit.rest.pulls.list({ ...query, headers });
      const more = whole && first.data.length === size;
      const pulls = (more ? await octokit.paginate(octokit.rest.pulls.list, query) : first.data).map(
        (p): ListedPullRequest => ({
          number: p.number,
          headSha: p.head.sha,
          mergedAt: p.merged_at ?? undefined,
          updatedAt: p.updated_at,
          labels: p.labels.map(({ name }) => name),
          isDefaultBase: p.base.ref === p.base.repo.default_branch,
        }),
      );
      if (first.headers.etag) memory.set(key, { etag: first.headers.etag, pulls });
      return pulls;
    } catch (error) {
      if (known && (error as { status?: number }).status === notModified) return known.pulls;
      throw error;
    }
  };

  return {
    open: () => list('open', 100, true),
    recentlyClosed: () => list('closed', recentlyClosed, false),
    async comments(number, since) {
      const found = await octokit.paginate(octokit.rest.issues.listComments, {
        ...here,
        issue_number: number,
        since,
        per_page: 100,
      });
      return found.map((c) => ({
        id: c.id,
        isBot: c.user?.type !== 'User',
        body: c.body ?? '',
        createdAt: c.created_at,
        edited: c.updated_at !== c.created_at,
      }));
    },
    async reviews(number) {
      const found = await octokit.paginate(octokit.rest.pulls.listReviews, {
        ...here,
        pull_number: number,
        per_page: 100,
      });
      return found.map((r) => ({ id: r.id, state: r.state, submittedAt: r.submitted_at ?? '' }));
    },
    async queue() {
      const entries: QueueEntry[] = [];
      for (let after: string | null = null; ; ) {
        const answer: QueueAnswer = await octokit.graphql(queueQuery, { ...here, after });
        const page = answer.repository.mergeQueue?.entries;
        entries.push(...(page?.nodes ?? []).flatMap((node) => queueEntry(node)));
        if (!page?.pageInfo.hasNextPage) return entries;
        after = page.pageInfo.endCursor;
      }
    },
  };
}
