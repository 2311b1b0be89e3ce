import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Acme, startAcme } from './acme.ts';

let acme: Acme;
beforeAll(async () => {
  acme = await startAcme();
});
afterAll(() => acme.stop());

const about = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    pullRequest(number: $number) {
      id state mergeable headRefOid
      comments(first: 10) { nodes { id isMinimized minimizedReason } }
    }
  }
}`;

interface About {
  repository: {
    nameWithOwner: string;
    pullRequest: {
      id: string;
      state: string;
      mergeable: string;
      comments: { nodes: { id: string; isMinimized: boolean; minimizedReason: string | null }[] };
    };
  };
}

const read = async (number: number) =>
  (await acme.asApp().graphql<About>(about, { owner: 'acme', name: 'shop', number })).repository.pullRequest;

test('a pull request is found with its state and comments, and a comment can be hidden and shown', async () => {
  const number = await acme.propose('graphql');
  const slipway = acme.asApp();
  await slipway.issues.createComment({ ...acme.shop, issue_number: number, body: 'Old' });
  const before = await read(number);
  expect([before.state, before.mergeable]).toEqual(['OPEN', 'MERGEABLE']);
  const { id } = before.comments.nodes[0]!;
  const minimise = `mutation ($id: ID!) {
    minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized } }
  }`;
  const answer = await slipway.graphql<{ minimizeComment: { minimizedComment: { isMinimized: boolean } } }>(
    minimise,
    { id },
  );
  expect(answer.minimizeComment.minimizedComment.isMinimized).toBe(true);
  expect((await read(number)).comments.nodes[0]).toEqual(
    expect.objectContaining({ isMinimized: true, minimizedReason: 'outdated' }),
  );
});

test('a draft is marked ready, and the App hears of it', async () => {
  await acme.write('draft', 'infra/draft.yaml', 'Resources: {}\n');
  const proposal = { ...acme.shop, title: 'Draft', head: 'draft', base: 'main', draft: true };
  const { data } = await acme.as('author').pulls.create(proposal);
  expect([data.draft, data.mergeable_state]).toEqual([true, 'draft']);
  const ready = `mutation ($id: ID!) {
    markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft title } }
  }`;
  expect(await acme.as('author').graphql(ready, { id: data.node_id })).toEqual({
    markPullRequestReadyForReview: { pullRequest: { isDraft: false, title: 'Draft' } },
  });
  await acme.github.settled();
  const [told] = acme.hooks.of('pull_request.ready_for_review');
  expect(told?.complaints).toEqual([]);
});

test('a merged pull request is reverted by another one', async () => {
  const pull_number = await acme.propose('reverted');
  const revert = `mutation ($id: ID!) {
    revertPullRequest(input: { pullRequestId: $id, title: "Back" }) { revertPullRequest { title state } }
  }`;
  const { id } = await read(pull_number);
  const author = acme.as('author');
  await expect(author.graphql(revert, { id })).rejects.toThrow('Pull request is not merged');
  await author.pulls.merge({ ...acme.shop, pull_number });
  expect(await author.graphql(revert, { id })).toEqual({
    revertPullRequest: { revertPullRequest: { title: 'Back', state: 'OPEN' } },
  });
});

test.each([
  { query: 'query { rateLimit { cost } }', says: /Cannot query field "rateLimit"/ },
  {
    query: 'query { repository(owner: "acme", name: "none") { id } }',
    says: /Could not resolve to a Repository/,
  },
  { query: 'nonsense', says: /Syntax Error/ },
])('$query gets a clear error', async ({ query, says }) => {
  await expect(acme.asApp().graphql(query)).rejects.toThrow(says);
});

describe('the merge queue', () => {
  const join = (id: string) =>
    acme
      .as('reviewer')
      .graphql(
        'mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { mergeQueueEntry { position } } }',
        { id },
      );

  const queue = async () => {
    const query = `{ repository(owner: "acme", name: "shop") { mergeQueue { entries(first: 10) {
      nodes { position pullRequest { number } headCommit { oid } baseCommit { oid } }
    } } } }`;
    type Answer = { repository: { mergeQueue: { entries: { nodes: object[] } } } };
    return (await acme.as('reviewer').graphql<Answer>(query)).repository.mergeQueue.entries.nodes;
  };

  test.each([
    { conclusion: 'success', merged: true, told: ['checks_requested', 'destroyed'] },
    { conclusion: 'failure', merged: false, told: ['checks_requested', 'destroyed'] },
  ] as const)(
    'asks for checks on the merged commit, and on $conclusion merged is $merged',
    async (wanted) => {
      const { github, hooks, shop } = acme;
      github.protectBranch('acme/shop', 'main', {
        requiredStatusChecks: { strict: false, checks: [{ context: 'slipway/plan', appId: null }] },
      });
      const number = await acme.propose(`queued-${wanted.conclusion}`);
      await github.settled();
      const before = hooks.received.length;
      await join((await read(number)).id);
      await github.settled();
      const { merge_group } = hooks.of('merge_group.checks_requested').at(-1)!.payload;
      expect(await queue()).toEqual([
        {
          position: 1,
          pullRequest: { number },
          headCommit: { oid: merge_group.head_sha },
          baseCommit: { oid: merge_group.base_sha },
        },
      ]);
      const check = {
        ...shop,
        name: 'slipway/plan',
        head_sha: merge_group.head_sha,
        conclusion: wanted.conclusion,
      };
      await acme.asApp().checks.create(check);
      await github.settled();
      const { data } = await acme.as('author').pulls.get({ ...shop, pull_number: number });
      expect(data.merged).toBe(wanted.merged);
      expect(await queue()).toEqual([]);
      if (wanted.merged) expect(data.merge_commit_sha).toBe(merge_group.head_sha);
      const since = hooks.received.slice(before);
      expect(
        since.filter(({ event }) => event === 'merge_group').map(({ payload }) => payload.action),
      ).toEqual(wanted.told);
      expect(since.flatMap(({ complaints }) => complaints)).toEqual([]);
    },
  );
});

test('the trial merge of a pull request has base and head for parents', async () => {
  const number = await acme.propose('trial');
  const query = `query ($owner: String!, $name: String!, $number: Int!) {
    repository(owner: $owner, name: $name) {
      ref(qualifiedName: "refs/heads/main") { name target { oid } }
      pullRequest(number: $number) {
        headRefOid
        potentialMergeCommit { parents(first: 2) { nodes { oid } } }
      }
    }
  }`;
  const { repository } = await acme.asApp().graphql<{
    repository: {
      ref: { name: string; target: { oid: string } };
      pullRequest: { headRefOid: string; potentialMergeCommit: { parents: { nodes: { oid: string }[] } } };
    };
  }>(query, { owner: 'acme', name: 'shop', number });
  const { ref, pullRequest } = repository;
  expect(ref.name).toBe('main');
  expect(pullRequest.potentialMergeCommit.parents.nodes.map((n) => n.oid)).toEqual([
    ref.target.oid,
    pullRequest.headRefOid,
  ]);
});
