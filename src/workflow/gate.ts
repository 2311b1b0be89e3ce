import type { Decision, Person, Statement } from '../approval/approval.ts';
import { decide } from '../approval/decide.ts';
import type { Settings } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import type { StackPlan } from './plan-stack.ts';
import type { PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** Who the pull request's people are, looked up once for all its stacks. */
export interface Electorate {
  readonly author: string;
  readonly committers: readonly string[];
  readonly people: readonly Person[];
}

/** Asks GitHub who those are that said something, and what teams of the settings' rules they are in. */
export async function electorate(
  workflow: PullRequestWorkflow,
  repository: Repository,
  pullRequest: Pick<PullRequest, 'number' | 'author'>,
  settings: Settings,
  record: Pick<PullRequestRecord, 'statements' | 'pushers'> | undefined,
): Promise<Electorate> {
  const statements = record?.statements ?? [];
  const logins = [...new Set(statements.filter((s) => !s.isBot).map((s) => s.login))];
  const [committers, pushers, people] = await Promise.all([
    // Asked only where somebody has spoken: without words there is nobody whose word could not count.
    statements.length > 0 ? repository.committers(pullRequest.number) : [],
    workflow.pullRequests.pushers(repository.fullName, pullRequest.number),
    Promise.all(logins.map((login) => repository.person(login, teamsOf(settings)))),
  ]);
  // A commit names whom its writer likes; who pushed it, GitHub knows.
  const all = [...new Set([...committers, ...pushers, ...(record?.pushers ?? [])])].sort();
  return { author: pullRequest.author, committers: all, people };
}

/** Every `@org/team` that the settings ask about. */
export function teamsOf(settings: Settings): readonly string[] {
  const principals = [
    ...settings.operators,
    ...settings.environments.flatMap((e) => e.approvals.flatMap((r) => r.from)),
  ];
  return [...new Set(principals.filter((p) => p.includes('/')))].sort();
}

/** The gate of one planned stack; undefined while it has no plan. */
export function decideStack(
  planned: StackPlan,
  statements: readonly Statement[],
  electors: Electorate,
): Decision | undefined {
  const { plan, findings, source } = planned;
  if (!plan) return undefined;
  return decide({ plan, rules: source.environment.approvals, findings, statements, ...electors });
}
