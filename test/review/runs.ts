/** Runs as the golden progress comments show them, and as the situations have come to them. */
import type { Plan } from '../../src/plan/plan.ts';
import type { Progress, Step } from '../../src/review/progress.ts';
import type { StepState } from '../../src/review/words.ts';
import { allCreated, nothing } from './plans.ts';

/** A run of the plan; `states` says where each resource stands, `done` where it says nothing. */
export function progressOf(
  plan: Plan,
  status: Progress['status'],
  states: Readonly<Record<string, StepState>> = {},
  reasons: Readonly<Record<string, string>> = {},
): Progress {
  const steps = plan.changes
    .filter((c) => c.action !== 'none')
    .map((c, i): Step => {
      const state = states[c.logicalId] ?? 'done';
      const reason = reasons[c.logicalId];
      return {
        logicalId: c.logicalId,
        type: c.type,
        action: c.action,
        state,
        ...(state === 'waiting' || state === 'skipped' ? {} : { ms: 400 + 700 * i }),
        ...(reason === undefined ? {} : { reason }),
      };
    });
  const outputs = status === 'succeeded' ? { Address: '203.0.113.7', VpcId: 'vpc-0a1b2c3d' } : {};
  return {
    stack: plan.stack,
    environment: plan.environment,
    file: plan.file,
    status,
    ms: 14_200,
    steps,
    outputs,
  };
}

/** How a call that AWS refused ends, as the apply tells it. */
export function refused(call: string, code: string, words: string): string {
  return `error: AWS refused ${call}: ${words} (cloud-refused)\n  ${code} (request 4f1d2c3b-0001)`;
}

const denied = `error: AWS does not allow iam:CreateInstanceProfile to these credentials (cloud-denied)
  AccessDenied: slipway-dev is not authorized to perform iam:CreateInstanceProfile (request 4f1d2c3b-0002)
  Allow iam:CreateInstanceProfile in a policy of the role or user that Slipway works as.`;

export function failedRun(): Progress {
  return progressOf(
    allCreated(),
    'failed',
    { Web: 'skipped', WebProfile: 'failed', DefaultRoute: 'skipped', GatewayAttachment: 'failed' },
    {
      WebProfile: denied,
      GatewayAttachment: refused(
        'EC2.AttachInternetGateway',
        'Resource.AlreadyAssociated',
        'igw-0c0c is attached already',
      ),
    },
  );
}

export function cancelledRun(): Progress {
  return progressOf(allCreated(), 'cancelled', { Web: 'skipped', DefaultRoute: 'skipped' });
}

/** The first resource was refused, and all others hang on it. */
export function refusedAtOnce(): Progress {
  const states = Object.fromEntries(allCreated().changes.map((c) => [c.logicalId, 'skipped'] as const));
  const reason = refused('EC2.CreateVpc', 'VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  const progress = progressOf(allCreated(), 'failed', { ...states, Vpc: 'failed' }, { Vpc: reason });
  return { ...progress, untouched: true };
}

/** AWS throttles the one group, while all else goes on. */
function withWait(progress: Progress): Progress {
  const wait = {
    what: 'AWS to take more calls of EC2.CreateSecurityGroup, which it throttles',
    since: '2030-01-01T10:01:37.000Z',
  };
  const steps = progress.steps.map((s) => (s.logicalId === 'WebGroup' ? { ...s, wait } : s));
  return { ...progress, steps };
}

export function runs(): Readonly<Record<string, Progress>> {
  const first = allCreated();
  return {
    'progress-running': withWait({
      ...progressOf(first, 'running', {
        Web: 'waiting',
        DefaultRoute: 'waiting',
        WebGroup: 'running',
        SubnetB: 'running',
      }),
      approval: 'Approved by @reviewer',
    }),
    'progress-applied': {
      ...progressOf(first, 'succeeded'),
      approval: 'Approved by @reviewer, with no-public-ssh overridden by @operator',
    },
    'progress-moved': {
      ...progressOf(nothing(), 'succeeded'),
      outputs: {},
      movedFrom: 'infra/web.yaml',
      besides: 'template moved',
      approval: 'Approved by @reviewer',
    },
    'progress-failed': failedRun(),
    'progress-cancelled': cancelledRun(),
  };
}
