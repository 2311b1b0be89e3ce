import type { Decision, Statement } from '../approval/approval.ts';
import type { Verb } from '../approval/command.ts';
import { findEnvironment } from '../settings/settings.ts';
import { decidePlan, decideSettingsChange, type Electorate, electorate } from './gate.ts';
import { type Answer, type Hearing, isOperator } from './hearing.ts';
import { digestsOf } from './publish-review.ts';
import { whatIsShown } from './redecide.ts';

/** What who asks may do here now: a command that would only be refused is not shown. */
export async function help(hearing: Hearing): Promise<Answer> {
  const { comment, settings } = hearing;
  const [own, operator] = await Promise.all([whatWouldCount(hearing), isOperator(hearing)]);
  const verbs: Verb[] = [
    ...(operator && isAlive(hearing) ? (['plan'] as const) : []),
    ...(own.approval ? (['approve'] as const) : []),
    ...(own.policies.length > 0 ? (['override'] as const) : []),
    ...(operator ? whileMerged(hearing) : []),
    'help',
  ];
  const environments = settings.environments.map((e) => e.name);
  return { reply: { kind: 'help', login: comment.login, verbs, environments, policies: own.policies } };
}

/** Closed without a merge, or merged and applied: nothing more happens. */
function isAlive({ pullRequest, record }: Hearing): boolean {
  return (pullRequest.state === 'open' || pullRequest.merged) && record?.phase !== 'settled';
}

function whileMerged({ pullRequest, record }: Hearing): readonly Verb[] {
  if (!pullRequest.merged || !record) return [];
  if (record.phase === 'settled') return ['rollback'];
  if (record.phase === 'applying') return ['cancel'];
  return record.phase === 'failed' ? ['retry', 'rollback', 'unlock'] : ['apply'];
}

interface WouldCount {
  readonly approval: boolean;
  /** Ids of the policies that they may override. */
  readonly policies: readonly string[];
}

/** What the gate would say if they said it: the gate alone knows who may. */
async function whatWouldCount(hearing: Hearing): Promise<WouldCount> {
  const { workflow, repository, pullRequest, settings, record, comment } = hearing;
  if (!record || !isAlive(hearing)) return { approval: false, policies: [] };
  const about = await whatIsShown(repository, record);
  const asked = [comment.login];
  const electors = await electorate(workflow, repository, pullRequest, settings, record, about, asked);
  const yes: Statement = {
    kind: 'comment',
    id: comment.id,
    login: comment.login,
    isBot: comment.isBot,
    at: comment.createdAt,
    edited: false,
    dismissed: false,
    answer: 'yes',
    digests: digestsOf(record.review),
  };
  const now = decisions(hearing, electors, []);
  const approved = decisions(hearing, electors, [yes]);
  const policies = [...new Set(now.flatMap((d) => d.overridable ?? []).map((o) => o.policy))].sort();
  return {
    approval: countsOf(approved, comment.login) > countsOf(now, comment.login),
    policies: policies.filter((policy) => {
      const lifting = { ...yes, override: { policy, reason: '' } };
      return decisions(hearing, electors, [lifting]).some((d) => isOverridden(d, policy, comment.login));
    }),
  };
}

function decisions(
  { record, settings }: Hearing,
  electors: Electorate,
  more: readonly Statement[],
): readonly Decision[] {
  const statements = [...(record?.statements ?? []), ...more];
  const ofStacks = (record?.review.stacks ?? []).flatMap(({ plan, findings, environment: name }) => {
    const environment = findEnvironment(settings, name);
    if (!plan || !environment) return [];
    return [decidePlan(plan, findings, environment, statements, electors)];
  });
  const { gate } = record?.review.settings ?? {};
  return gate ? [...ofStacks, decideSettingsChange(gate.change, settings, statements, electors)] : ofStacks;
}

/** For how many rules it counts that this person approved. */
function countsOf(all: readonly Decision[], login: string): number {
  return all.flatMap((d) => d.rules).filter((rule) => rule.by.includes(login)).length;
}

function isOverridden({ overridden = [] }: Decision, policy: string, login: string): boolean {
  return overridden.some((o) => o.policy === policy && o.by === login);
}
