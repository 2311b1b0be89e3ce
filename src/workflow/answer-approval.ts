import type { Statement } from '../approval/approval.ts';
import { joinWords } from '../approval/people.ts';
import { nearest } from '../base/suggest.ts';
import { mayBlock } from '../policy/finding.ts';
import { decisionsOf, isVotedOn } from '../review/review.ts';
import type { PullRequestRecord, Shown } from '../state/pull-requests.ts';
import { approvable } from './defer.ts';
import { type Answer, type FollowUp, type Hearing, refused } from './hearing.ts';
import { ifIntact, shownBefore, withStatement } from './publish-review.ts';
import { redecide } from './redecide.ts';
import type { PullRequest } from './repository.ts';

/** A yes to the plan that its writer has read. */
export async function approve(hearing: Hearing): Promise<Answer> {
  const read = await whatWasRead(hearing, 'approve');
  if (!('seen' in read)) return read;
  const { environment } = hearing;
  const later = whyNotYet(hearing, read);
  if (later !== undefined) return refused(later);
  return hear(hearing, read, environment === undefined ? {} : { environment });
}

/** Where all that is meant is approved after the merge, and this is before. */
function whyNotYet({ pullRequest, environment }: Hearing, { record }: Read): string | undefined {
  const meant = record.review.stacks.filter(
    (s) => environment === undefined || s.environment === environment,
  );
  if (pullRequest.merged || meant.length === 0 || !meant.every((s) => s.deferred)) return undefined;
  const names = joinWords([...new Set(meant.map((s) => s.environment))], 'and');
  return `${names} is approved after the merge, when it is planned again. Say it then.`;
}

/** `/slipway override <policy> <reason>`: the policy's findings do not block the plan that its writer has read. */
export async function override(hearing: Hearing): Promise<Answer> {
  const { policy, reason } = hearing;
  if (policy === undefined || reason === undefined) return refused(howToOverride);
  if (reason.length > longestReason)
    return refused(`the reason is longer than ${longestReason} characters. Say it in fewer.`);
  const read = await whatWasRead(hearing, 'override');
  if (!('seen' in read)) return read;
  const wrong = whyNothingToLift(read.record, policy);
  if (wrong !== undefined) return refused(wrong);
  return hear(hearing, read, { override: { policy, reason } });
}

const longestReason = 500;
const howToOverride =
  'an override names a policy and says why: /slipway override no-public-remote-access only until the bastion is there.';

/** Why an approval of an edited plan comment does not count. */
export const altered =
  'somebody edited the plan comment. It stands again as Slipway wrote it: read it, then approve again.';

interface Read {
  readonly record: PullRequestRecord;
  readonly seen: Shown;
}

async function whatWasRead(hearing: Hearing, verb: 'approve' | 'override'): Promise<Read | Answer> {
  const { workflow, repository, pullRequest, settings, comment } = hearing;
  if (!hearing.record || !isVotedOn(hearing.record.review))
    return refused(`there is no plan to ${verb === 'approve' ? 'approve' : 'override a policy for'}.`);
  const record = await ifIntact(repository, hearing.record);
  if (!record) {
    await redecide(workflow, repository, pullRequest, settings, { ...hearing.record, shown: [] });
    return refused(altered);
  }
  const seen = shownBefore(record.shown, comment.createdAt);
  if (seen) return { record, seen };
  const again = verb === 'approve' ? 'comment approve again' : 'comment it again';
  return refused(`the plan was shown in the very second of this comment. Read it, then ${again}.`);
}

async function hear(
  { workflow, repository, pullRequest, settings, comment }: Hearing,
  { record, seen }: Read,
  more: Pick<Statement, 'environment' | 'override'>,
): Promise<Answer> {
  const statement: Statement = {
    kind: 'comment',
    id: comment.id,
    login: comment.login,
    isBot: comment.isBot,
    at: comment.createdAt,
    edited: comment.edited,
    dismissed: false,
    answer: 'yes',
    digests: more.override ? seen.digests : approvable(seen),
    ...more,
  };
  const heard = { ...record, statements: withStatement(record.statements, statement) };
  const after = await redecide(workflow, repository, pullRequest, settings, heard);
  return answerStatement(after, statement, pullRequest);
}

function whyNothingToLift({ review }: PullRequestRecord, policy: string): string | undefined {
  const findings = review.stacks.flatMap((s) => s.findings);
  const blocking = findings.filter(mayBlock);
  const ofPolicy = blocking.filter((f) => f.policy === policy);
  if (ofPolicy.some((f) => f.enforcement === 'mandatory'))
    return `${policy} is mandatory, and nobody can override it. Fix what it finds and push.`;
  if (ofPolicy.length > 0) return undefined;
  if (findings.some((f) => f.policy === policy))
    return `${policy} does not block, so there is nothing to override.`;
  const others = [...new Set(blocking.map((f) => f.policy))].sort();
  const suggestion = nearest(policy, others);
  const hint = suggestion
    ? `Did you mean ${suggestion}?`
    : others.length > 0
      ? `Those that block are ${others.slice(0, 10).join(', ')}.`
      : 'No policy blocks.';
  return `no finding of a policy ${policy} is here. ${hint}`;
}

/** Counts somewhere: a thumb. Counts nowhere: the reason. */
export function answerStatement(
  record: PullRequestRecord,
  { kind, id, login, override: lifted }: Statement,
  pullRequest: PullRequest,
): Answer {
  const decisions = decisionsOf(record.review);
  const followUp: FollowUp | undefined =
    pullRequest.merged && record.phase !== 'settled' && decisions.some((d) => d.allowed)
      ? 'merge'
      : undefined;
  const rejections = decisions.flatMap((d) =>
    d.rejected.filter((r) => r.statement.kind === kind && r.statement.id === id),
  );
  const counted = decisions.some((d) =>
    lifted
      ? d.overridden?.some((o) => o.policy === lifted.policy && o.by === login)
      : d.rules.some((rule) => rule.by.includes(login)),
  );
  if (counted || rejections.length === 0) return { reaction: '+1', ...(followUp ? { followUp } : {}) };
  const here = rejections.filter((r) => r.kind !== 'other-environment');
  const rejected = here.length > 0 ? here : rejections;
  return {
    reply: { kind: 'not-counted', what: lifted ? 'override' : 'approval', rejected },
    reaction: '-1',
  };
}
