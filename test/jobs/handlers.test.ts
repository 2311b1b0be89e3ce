import { describe, expect, test } from 'vitest';
import { createHandlers } from '../../src/jobs/handlers.ts';
import type { CheckOutput } from '../../src/review/checks.ts';
import type { PolicySource } from '../../src/workflow/policy-source.ts';
import type { PullRequest, Repository } from '../../src/workflow/repository.ts';

const place = { installation: 5, owner: 'acme', repo: 'shop', repositoryId: 7, number: 1 };
const refused = (status: number) => Object.assign(new Error(`GitHub answered ${status}`), { status });

const pullRequest: PullRequest = {
  number: 1,
  author: 'author',
  state: 'open',
  merged: false,
  headSha: 'abc',
  baseSha: 'def',
  baseRef: 'main',
  fromFork: false,
  isDefaultBase: true,
  fileCount: 1,
  labels: [],
};

/** The handlers, of a repository in which only the calls that are given work; with what they did. */
function handlersOf(given: Partial<Repository>, policySource?: PolicySource) {
  const enqueued: string[] = [];
  const published: CheckOutput[] = [];
  const repository = {
    fullName: 'acme/shop',
    currentName: 'acme/shop',
    pullRequest: async () => pullRequest,
    findComment: async () => undefined,
    publishChecks: async (_: string, checks: readonly CheckOutput[]) => void published.push(...checks),
    ...given,
  } as unknown as Repository;
  const handlers = createHandlers({
    workflow: {
      githubUrl: '',
      pullRequests: { get: async () => undefined, pushers: async () => [] },
    } as never,
    open: async () => repository,
    lists: () => Promise.reject(new Error('no lists here')),
    heard: {} as never,
    queue: () => ({ enqueue: async (kind: string) => void enqueued.push(kind) }) as never,
    policySource,
  });
  return { handlers, enqueued, published };
}

describe('a job that is given up', () => {
  const writeComment = async () => {
    throw refused(502);
  };

  test('concludes the checks although the comment cannot be written, and tries to write that later', async () => {
    const { handlers, enqueued, published } = handlersOf({ writeComment });
    await expect(handlers.review.onExhausted?.(place, new Error())).rejects.toThrow('502');
    expect(published.map((c) => `${c.name} ${c.conclusion}`)).toEqual([
      'slipway/plan failure',
      'slipway/policy failure',
      'slipway/approval failure',
    ]);
    expect(enqueued).toEqual(['trouble']);
  });

  test('of a merge queue concludes the checks on the commit of the queue', async () => {
    const { handlers, published } = handlersOf({});
    const group = { ...place, sha: 'b'.repeat(40) };
    await handlers['merge-group'].onExhausted?.(group, new Error());
    expect(published.map((c) => `${c.name} ${c.conclusion}`)).toEqual([
      'slipway/plan failure',
      'slipway/policy failure',
      'slipway/approval failure',
    ]);
  });

  test.for(['rerun', 'merge-group'] as const)(
    'of a commit begins anew where it cannot be told, unless nobody may tell it: %s',
    async (kind) => {
      const group = { ...place, sha: 'b'.repeat(40) };
      const answering = (status: number) =>
        handlersOf({
          publishChecks: async () => {
            throw refused(status);
          },
        });
      const away = answering(502);
      await expect(away.handlers[kind].onExhausted?.(group, new Error())).rejects.toThrow('502');
      expect(away.enqueued).toEqual([kind]);
      const gone = answering(404);
      await gone.handlers[kind].onExhausted?.(group, new Error());
      expect(gone.enqueued).toEqual([]);
    },
  );

  test('is told later where GitHub does not answer at all', async () => {
    const { handlers, enqueued } = handlersOf({
      pullRequest: async () => {
        throw refused(503);
      },
    });
    await expect(handlers.merge.onExhausted?.(place, new Error())).rejects.toThrow('503');
    expect(enqueued).toEqual(['trouble']);
  });

  test.for([
    { status: 502, ends: false },
    { status: 401, ends: true },
    { status: 403, ends: true },
    { status: 404, ends: true },
  ])('of which GitHub says $status when it is to be told is let go: $ends', async ({ status, ends }) => {
    const { handlers } = handlersOf({
      pullRequest: async () => {
        throw refused(status);
      },
    });
    const told = handlers.trouble.handle(place, new AbortController().signal);
    await (ends ? expect(told).resolves.toBeUndefined() : expect(told).rejects.toThrow('502'));
  });

  test.for([
    { what: 'aimed at another branch', now: { isDefaultBase: false } },
    { what: 'closed', now: { state: 'closed' } },
  ] as const)('says nothing on a pull request that is $what', async ({ now }) => {
    const { handlers, published } = handlersOf({ pullRequest: async () => ({ ...pullRequest, ...now }) });
    await handlers.review.onExhausted?.(place, new Error());
    expect(published).toEqual([]);
  });
});

describe("where the organisation's policies are", () => {
  const elsewhere = { owner: 'acme', repo: 'policies', ref: 'main', folder: '' };
  const signal = new AbortController().signal;
  const closed = { pullRequest: async (): Promise<PullRequest> => ({ ...pullRequest, state: 'closed' }) };

  test.for([
    ['a pull request is tested besides', { ...elsewhere, owner: 'ACME', repo: 'shop' }, ['check-policies']],
    ['elsewhere it is only planned', elsewhere, []],
    ['and so it is where there are none', undefined, []],
  ] as const)('%s', async ([, source, expected]) => {
    const { handlers, enqueued } = handlersOf(closed, source);
    await handlers.review.handle(place, signal).catch(() => {});
    expect(enqueued).toEqual(expected);
  });

  test('the commit of a merge queue and a check that is asked for again are tested, too', async () => {
    const { handlers, enqueued } = handlersOf({}, { ...elsewhere, repo: 'shop' });
    await handlers.rerun.handle({ ...place, sha: 'abc' }, signal).catch(() => {});
    expect(enqueued).toEqual(['check-policies']);
  });
});
