import { addComment } from '../../src/sandbox/github/actions/comments.ts';
import { person } from '../../src/sandbox/github/model/actor.ts';
import { findAccount } from '../../src/sandbox/github/model/world.ts';
import { propose, seedRepository, template } from './seed.ts';
import type { Webhook } from './send-webhooks.ts';
import type { LoadWorld } from './world.ts';

/** Bodies of webhooks as GitHub sends them, of which the numbers are changed. */
export interface MixSource {
  readonly opened: string;
  readonly commented: string;
  /** Of the pull requests that there are, the first so many are open: they are planned. */
  readonly pulls: number;
}

export type MixedWebhook = Webhook & {
  /** What is asked for: `review acme/busy#7`, `comment 900000001`. */
  readonly asks: string;
};

const repositoryName = 'busy';
/** Far from what the sandbox numbers its own with. */
const firstComment = 900_000_000;

/**
 * Makes `acme/busy` with so many pull requests. A few are open, and each push to them is planned; the others were
 * closed before anybody looked, so that their jobs end after one question to GitHub: it is the webhooks that are to be
 * measured, and one core does not plan 200 times a second.
 */
export async function seedMix(world: LoadWorld, pulls: number, open: number): Promise<MixSource> {
  const { github } = world;
  const branches = Object.fromEntries(
    Array.from({ length: open + 1 }, (_, i) => [`b${i}`, { [`infra/app-${i}.yaml`]: template(i) }]),
  );
  const repository = await seedRepository(world, repositoryName, branches);
  for (let i = 0; i < open; i++) await propose(world, repository, `b${i}`);
  const model = await propose(world, repository, `b${open}`);
  await addComment(
    github.world,
    repository,
    model,
    person(findAccount(github.world, 'reviewer')!),
    'approve',
  );
  const now = new Date().toISOString();
  for (let number = model.number; number <= pulls; number++) {
    repository.issues.set(number, { ...model, number, state: 'closed', closedAt: now, comments: [] });
  }
  const bodyOf = (event: string) => github.deliveries.findLast((one) => one.event === event)!.body;
  return { opened: bodyOf('pull_request'), commented: bodyOf('issue_comment'), pulls };
}

/** Two of three say that a pull request was pushed to, one that somebody approves. Every one asks for a job. */
export function mixedWebhooks({ opened, commented, pulls }: MixSource): (index: number) => MixedWebhook {
  const pull = JSON.parse(opened);
  const comment = JSON.parse(commented);
  return (index) => {
    // A prime, so that neighbours are of different pull requests and all come equally often.
    const number = 1 + ((index * 7919) % pulls);
    if (index % 3 === 2) {
      const id = firstComment + index;
      const body = JSON.stringify({
        ...comment,
        issue: { ...comment.issue, number },
        comment: { ...comment.comment, id },
      });
      return { event: 'issue_comment', body, asks: `comment ${id}` };
    }
    const body = JSON.stringify({
      ...pull,
      action: 'synchronize',
      number,
      pull_request: { ...pull.pull_request, number },
    });
    return { event: 'pull_request', body, asks: `review acme/${repositoryName}#${number}` };
  };
}
