import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import type { Properties } from '../../src/base/value.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { plainChange } from '../plan/plain-change.ts';

/** The text of a policy that is right, with some keys changed; a key set to undefined is left out. */
export function policyText(changes: Readonly<Record<string, unknown>> = {}): string {
  const keys: Record<string, unknown> = {
    id: 'small-disks',
    title: 'Disks are small',
    severity: 'medium',
    enforcement: 'overridable',
    match: { types: ['Test::Disk'] },
    deny: 'after.Size > 100',
    message: 'The disk has ${{ after.Size }} GiB',
    remedy: 'Ask for less.',
    examples: {
      pass: [{ type: 'Test::Disk', properties: { Size: 1 } }],
      fail: [{ type: 'Test::Disk', properties: { Size: 1000 } }],
    },
    ...changes,
  };
  return Object.entries(keys)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

export function policyOf(changes: Readonly<Record<string, unknown>> = {}): Policy {
  const { policy, diagnostics } = parsePolicy(policyText(changes), 'policies/small-disks.yaml');
  if (!policy) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return policy;
}

export function changeOf(after: Properties | undefined, changes: Partial<Change> = {}): Change {
  return {
    logicalId: 'Disk',
    type: 'Test::Disk',
    action: 'create',
    ...(after === undefined ? {} : { after }),
    ...plainChange,
    ...changes,
  };
}

export function planOf(...changes: Change[]): Plan {
  return {
    format: 1,
    stack: 'acme/shop:infra/shop.yaml@prod',
    environment: 'prod',
    account: '111111111111',
    region: 'eu-west-1',
    file: 'infra/shop.yaml',
    changes,
    deposed: [],
    outputs: [],
    digest: '',
  };
}
