import type { Decision, Person, Statement } from '../approval/approval.ts';
import type { CodeOwners } from '../approval/codeowners.ts';
import { decide } from '../approval/decide.ts';
import { decideSettings, type SettingsChange } from '../approval/decide-settings.ts';
import { isCodeowners } from '../approval/people.ts';
import { traced } from '../base/trace.ts';
import type { Prices } from '../plan/cost.ts';
import type { Plan } from '../plan/plan.ts';
import type { Finding } from '../policy/finding.ts';
import type { Environment } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import type { StackPlan } from './plan-stack.ts';
import type { BaseSettings } from './read-settings.ts';
import type { PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** Who the pull request's people are and what is known of it, looked up once for all its stacks. */
export interface Electorate {
  readonly author: string;
  readonly committers: readonly string[];
  readonly people: readonly Person[];
  /** Team → logins of its members, where they are known. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Of those that are named, the teams that are not there. */
  readonly missingTeams?: readonly string[];
  readonly labels: readonly string[];
  /** Of the files that it changes. */
  readonly paths: readonly string[];
  readonly codeowners: CodeOwners;
  /** The settings'. */
  readonly prices?: Prices;
}

/**
 * What a pull request is about: the paths that it changes, and those whose owners may be asked: of the templates that
 * are planned for it, also under the path that they are moved from, and of the settings that it changes.
 */
export interface About {
  readonly paths: readonly string[];
  readonly owned: readonly string[];
}

/** The paths of templates, now and until now. */
export function pathsOfTemplates(
  templates: readonly { readonly file: string; readonly movedFrom?: string }[],
): readonly string[] {
  return templates.flatMap(({ file, movedFrom }) => (movedFrom === undefined ? [file] : [file, movedFrom]));
}

/**
 * Asks GitHub who those are that said something, and what teams of the settings' rules they are in; and the same of
 * `also`, who have not.
 */
export async function electorate(
  workflow: PullRequestWorkflow,
  repository: Repository,
  pullRequest: Pick<PullRequest, 'number' | 'author' | 'labels' | 'headSha'>,
  settings: BaseSettings,
  record: Pick<PullRequestRecord, 'statements' | 'pushers'> | undefined,
  { paths, owned }: About,
  also: readonly string[] = [],
): Promise<Electorate> {
  const spoke = (record?.statements ?? []).filter((s) => !s.isBot).map((s) => s.login);
  const logins = [...new Set([...spoke, ...also])];
  const { number, headSha } = pullRequest;
  const [found, pushers, proposers] = await traced('gate people', {}, () =>
    Promise.all([
      repository.people(number, logins, teamsOf(settings, owned)),
      workflow.pullRequests.pushers(repository.fullName, number),
      workflow.pullRequests.proposersOf(repository.fullName, headSha, number),
    ]),
  );
  // A commit names whom its writer likes; who pushed it, GitHub knows, and who proposes it elsewhere.
  const all = [...found.committers, ...pushers, ...(record?.pushers ?? []), ...proposers];
  const committers = [...new Set(all)].sort();
  const { author, labels } = pullRequest;
  const { codeowners, prices } = settings;
  return { ...found, author, committers, labels, paths, codeowners, ...(prices ? { prices } : {}) };
}

/** Every `@org/team` that approves or overrides, also as an owner of what is to be approved. */
function teamsOf({ environments, codeowners }: BaseSettings, owned: readonly string[]): readonly string[] {
  const rules = environments.flatMap((e) => [...e.approvals, ...(e.overrides ?? [])]);
  const from = rules.flatMap((rule) => rule.from);
  const owners = from.some(isCodeowners) ? owned.flatMap((file) => codeowners.ownersOf(file)) : [];
  return onlyTeams([...from, ...owners]);
}

/** The `@org/team` among those who are meant, once each. */
export function onlyTeams(principals: readonly string[]): readonly string[] {
  return [...new Set(principals.filter((p) => p.includes('/')).map((team) => team.toLowerCase()))].sort();
}

/** The gate of one planned stack; undefined while it has no plan. */
export function decideStack(
  { plan, findings, source }: Pick<StackPlan, 'plan' | 'findings' | 'source'>,
  statements: readonly Statement[],
  electors: Electorate,
): Decision | undefined {
  return plan && decidePlan(plan, findings, source.environment, statements, electors);
}

/** The gate of a change of the settings. */
export function decideSettingsChange(
  change: SettingsChange,
  { environments, codeowners }: BaseSettings,
  statements: readonly Statement[],
  electors: Electorate,
): Decision {
  const rules = environments.flatMap((e) => e.approvals);
  return decideSettings({ ...electors, change, rules, statements, ownersOf: codeowners.ownersOf });
}

/** The gate of a plan in its environment. */
export function decidePlan(
  plan: Plan,
  findings: readonly Finding[],
  { approvals, overrides = [] }: Environment,
  statements: readonly Statement[],
  { codeowners, ...electors }: Electorate,
): Decision {
  const owners = codeowners.ownersOf(plan.file);
  const former = plan.movedFrom === undefined ? {} : { formerOwners: codeowners.ownersOf(plan.movedFrom) };
  return decide({ plan, rules: approvals, overrides, owners, ...former, findings, statements, ...electors });
}
