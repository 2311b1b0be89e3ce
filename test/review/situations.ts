/** The situations that the golden comments show, as a pull request would meet them one after the other. */

import type { Statement } from '../../src/approval/approval.ts';
import { type DecisionInput, decide } from '../../src/approval/decide.ts';
import { overlapOf } from '../../src/plan/overlap.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import type { Finding } from '../../src/policy/finding.ts';
import type { Aftermath } from '../../src/review/aftermath.ts';
import type { OtherPlan } from '../../src/review/overlap-section.ts';
import type { Review, StackReview } from '../../src/review/review.ts';
import { forkDiagnostic } from '../../src/workflow/review-pull-request.ts';
import {
  allCreated,
  allDeleted,
  at,
  difference,
  file,
  moved,
  movedWithoutDelete,
  noOwner,
  nothing,
  openSsh,
} from './plans.ts';
import { cancelledRun, failedRun, progressOf, refusedAtOnce } from './runs.ts';
import { proposedSettings } from './settings-situation.ts';

export function review(stacks: readonly StackReview[], rest: Partial<Review> = {}): Review {
  return {
    repositoryUrl: 'https://github.com/acme/shop',
    pullRequest: 12,
    author: 'author',
    headSha: '4f1d2c3b5a6978877665544332211000ffeeddcc',
    merged: false,
    stacks,
    diagnostics: [],
    ...rest,
  };
}

export function stackOf(
  plan: Plan,
  rest: Partial<StackReview> = {},
  gate: Partial<DecisionInput> = {},
): StackReview {
  const findings: readonly Finding[] = rest.findings ?? [];
  const decision = decide({
    plan,
    rules: [{ from: ['@acme/infra'], count: 1 }],
    findings,
    statements: [],
    people: [
      { login: 'reviewer', permission: 'write', teams: ['@acme/infra'] },
      { login: 'author', permission: 'write', teams: [] },
    ],
    author: 'author',
    committers: ['author'],
    overrides: [],
    owners: [],
    members: {},
    labels: [],
    paths: [],
    ...gate,
  });
  const { stack, environment } = plan;
  return {
    stack,
    environment,
    file: plan.file,
    phase: 'planned',
    plan,
    diagnostics: [],
    findings,
    decision,
    ...rest,
  };
}

export function says(login: string, plan: Plan, rest: Partial<Statement> = {}): Statement {
  return {
    kind: 'comment',
    id: 1,
    login,
    isBot: false,
    at: '2030-01-01T10:00:00Z',
    edited: false,
    dismissed: false,
    answer: 'yes',
    digests: { [plan.stack]: plan.digest },
    ...rest,
  };
}

const brokenDiagnostics = [
  {
    severity: 'error',
    code: 'template-unknown-property',
    summary: 'AWS::EC2::VPC has no property CidrBlok',
    remedy: 'Did you mean CidrBlock?',
    where: at(6, 7),
  },
  {
    severity: 'error',
    code: 'template-reference',
    summary: 'WebGrop is neither a resource nor a parameter',
    remedy: 'Did you mean WebGroup?',
    where: at(74, 11),
  },
] as const;

/** Asked once of the whole plan, and found at the resource that it looked at first. */
const frozen: Finding = {
  policy: 'freeze-windows',
  title: 'Nothing changes while changes are frozen',
  severity: 'high',
  enforcement: 'overridable',
  logicalId: 'Gateway',
  type: 'AWS::EC2::InternetGateway',
  message: 'dev is frozen until 2030-01-07.',
  remedy: 'Wait for the end of the window, or have it overridden.',
  controls: [],
  ofPlan: true,
  where: at(8, 3),
};

/** #14 tags the group, and moves the instance elsewhere. */
function otherPlan(ours: Plan): OtherPlan {
  const changes = ours.changes.map((c): Change => {
    const still: Change = { ...c, action: 'none', differences: [] };
    if (c.logicalId === 'WebGroup')
      return {
        ...c,
        after: { ...c.after, Tags: [{ Key: 'owner', Value: 'shop-team' }] },
        differences: [difference('Tags', undefined, [{ Key: 'owner', Value: 'shop-team' }])],
      };
    if (c.logicalId === 'Web')
      return {
        ...still,
        action: 'update',
        differences: [difference('SubnetId', 'subnet-0aaa1111', 'subnet-0ccc3333')],
      };
    return c.logicalId === 'SubnetA' ? c : still;
  });
  const overlap = overlapOf(ours, { ...ours, changes, outputs: [] })!;
  return { pullRequest: 14, environment: ours.environment, file: ours.file, overlap };
}

/** What the failed apply of a stack that was new leaves. */
const ofNew: Aftermath = { branch: 'main', restore: [], remove: [file], operators: ['@acme/infra'] };

export function situations(): Readonly<Record<string, Review>> {
  const first = allCreated();
  const move = moved();
  const inProd = moved('prod');
  const before = movedWithoutDelete();
  return {
    'first-plan': review([stackOf(first)]),
    'what-it-costs': review([
      stackOf(
        first,
        {},
        {
          rules: [{ from: ['@acme/infra'], count: 1, when: 'cost.change > 5' }],
          prices: {
            currency: 'USD',
            resources: { 'AWS::EC2::Instance': { by: 'InstanceType', values: { 't3.micro': 8.5 } } },
          },
        },
      ),
    ]),
    'nothing-to-do': review([stackOf(nothing())]),
    'update-with-a-replace': review([stackOf(move, {}, { statements: [says('author', move)] })]),
    'moved-template': review([stackOf({ ...nothing(), movedFrom: 'infra/web.yaml' })]),
    destroy: review([stackOf(allDeleted())]),
    'policy-failures': review([stackOf(first, { findings: [openSsh, noOwner, frozen] })]),
    'three-environments': review([
      stackOf(nothing('test')),
      stackOf(moved(), {}, { statements: [says('reviewer', move)] }),
      stackOf(
        inProd,
        { findings: [noOwner] },
        {
          rules: [
            { from: ['@acme/infra'], count: 2 },
            { from: ['@acme/security'], count: 1, when: "changes.exists(c, c.action == 'delete')" },
          ],
          statements: [says('reviewer', inProd)],
        },
      ),
    ]),
    'error-in-template': review([
      {
        stack: `acme/shop:${file}@dev`,
        environment: 'dev',
        file,
        phase: 'planned',
        diagnostics: brokenDiagnostics,
        findings: [],
      },
    ]),
    fork: review([
      {
        stack: `acme/shop:${file}@dev`,
        environment: 'dev',
        file,
        phase: 'planned',
        diagnostics: [forkDiagnostic(file)],
        findings: [],
      },
    ]),
    'another-pull-request': review([stackOf(move)], { others: [otherPlan(move)] }),
    'approval-after-the-merge': review([
      stackOf(move, {}, { statements: [says('reviewer', move)] }),
      stackOf(inProd, { deferred: true }),
    ]),
    approved: review([stackOf(move, {}, { statements: [says('reviewer', move)] })]),
    stale: review(
      [stackOf(move, { phase: 'stale', previous: before }, { statements: [says('reviewer', before)] })],
      { merged: true },
    ),
    applying: review(
      [stackOf(move, { phase: 'applying', progressComment: 2001 }, { statements: [says('reviewer', move)] })],
      { merged: true },
    ),
    applied: review(
      [
        stackOf(
          first,
          {
            phase: 'applied',
            progress: progressOf(first, 'succeeded'),
            progressComment: 2001,
            findings: [{ ...openSsh, enforcement: 'overridable' }],
          },
          {
            statements: [
              says('reviewer', first),
              says('reviewer', first, {
                id: 2,
                override: { policy: openSsh.policy, reason: 'closed in the next pull request' },
              }),
            ],
            overrides: [{ policies: [openSsh.policy], from: ['@acme/infra'] }],
          },
        ),
      ],
      { merged: true },
    ),
    'merged-before-approved': review([stackOf(move)], { merged: true }),
    'error-in-settings': review([], {
      diagnostics: [
        {
          severity: 'error',
          code: 'settings-invalid',
          summary: 'Unknown key polices',
          remedy: 'Did you mean policies?',
          where: { file: '.github/slipway.yml', line: 7, column: 1 },
        },
      ],
    }),
    'settings-change': review([], { settings: proposedSettings() }),
    'settings-merged-unapproved': review([], { settings: proposedSettings(), merged: true }),
    'cancelled-apply': review(
      [stackOf(first, { phase: 'cancelled', progress: cancelledRun(), aftermath: ofNew })],
      { merged: true },
    ),
    'refused-at-once': review(
      [stackOf(first, { phase: 'failed', progress: refusedAtOnce(), aftermath: ofNew })],
      { merged: true },
    ),
    'failed-apply': review([stackOf(first, { phase: 'failed', progress: failedRun(), aftermath: ofNew })], {
      merged: true,
    }),
  };
}
