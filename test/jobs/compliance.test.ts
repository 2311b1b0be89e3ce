import { expect, test } from 'vitest';
import { compliance } from '../../src/jobs/compliance.ts';
import type { RepositoryPlace } from '../../src/jobs/kinds.ts';
import type { StackRecord } from '../../src/state/state.ts';
import type { ComplianceWorkflow } from '../../src/workflow/compliance.ts';

type Dependencies = Parameters<typeof compliance>[0];

/** Which repositories the scheduled job has scanned, by the key of each job; and whether GitHub was asked for any. */
async function scheduled(given: {
  readonly stacks?: readonly Partial<StackRecord>[];
  readonly open?: readonly string[];
  readonly seconds?: number;
}) {
  const enqueued: string[] = [];
  let asked = false;
  const place = (repositoryId: number, repo: string) => ({
    installation: 1,
    owner: 'acme',
    repo,
    repositoryId,
  });
  const handlers = compliance({
    workflow: {
      state: { stacks: async () => given.stacks ?? [] },
      compliance: { openReports: async () => given.open ?? [] },
    } as unknown as ComplianceWorkflow,
    // It was called shop when its stacks were made.
    repositories: {
      keptName: async (id: number, name: string) => (id === 2 ? 'acme/shop' : name),
    } as Dependencies['repositories'],
    async *list(): AsyncGenerator<Required<RepositoryPlace>> {
      asked = true;
      yield* [place(1, 'blog'), place(2, 'store'), place(3, 'docs')];
    },
    queue: () =>
      ({
        enqueue: async (kind: string, { repo }: RepositoryPlace, { key }: { key: string }) =>
          void enqueued.push(`${kind} ${repo}: ${key}`),
      }) as unknown as ReturnType<Dependencies['queue']>,
    open: () => Promise.reject(new Error('not here')),
    seconds: 'seconds' in given ? given.seconds : 86_400,
    log: { error: () => {} } as unknown as Dependencies['log'],
  });
  await handlers.compliance.handle({}, new AbortController().signal);
  return { enqueued, asked };
}

const shop = { id: 'acme/shop:infra/shop.yaml@dev', status: 'applied' } as const;

test('each repository of which anything runs is scanned, under the name that its stacks have', async () => {
  const { enqueued } = await scheduled({ stacks: [shop, { ...shop, id: 'acme/shop:infra/b.yaml@dev' }] });
  expect(enqueued).toEqual(['scan-running store: compliance acme/shop']);
});

test('so is one whose issue is open, though nothing of it runs any more', async () => {
  const { enqueued } = await scheduled({ stacks: [{ ...shop, status: 'destroyed' }], open: ['acme/docs'] });
  expect(enqueued).toEqual(['scan-running docs: compliance acme/docs']);
});

test.each([
  ['nothing runs', {}],
  ['all is destroyed', { stacks: [{ ...shop, status: 'destroyed' as const }] }],
  ['it is switched off', { stacks: [shop], seconds: undefined as unknown as number }],
])('where %s, GitHub is not asked', async (_, given) => {
  expect(await scheduled(given)).toEqual({ enqueued: [], asked: false });
});
