import { sameValue } from '../base/canonical-json.ts';
import type { Properties } from '../base/value.ts';
import type { Action, Change, Plan, PropertyDifference } from '../plan/plan.ts';
import { enforcementFor, looksAtType, type Policy } from './policy.ts';
import type { OtherChange, PolicyExample } from './policy-file.ts';
import { scan } from './scan.ts';

/** What became of one of a policy's own examples. */
export interface ExampleResult {
  readonly policy: string;
  readonly kind: 'pass' | 'fail';
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly ok: boolean;
  /** Why not, in words. */
  readonly reason?: string;
}

/** Runs a policy's examples by the very scan that judges plans, each as a plan of the resource and its `others`. */
export function testPolicy(policy: Policy): ExampleResult[] {
  return (['pass', 'fail'] as const).flatMap((kind) =>
    policy.examples[kind].map((example, index) => {
      const reason = complaint(policy, kind, example);
      return {
        policy: policy.id,
        kind,
        index,
        ok: reason === undefined,
        ...(reason === undefined ? {} : { reason }),
      };
    }),
  );
}

function complaint(policy: Policy, kind: 'pass' | 'fail', example: PolicyExample): string | undefined {
  const change = toChange(example);
  // A passing example of a type that the policy never looks at would pass whatever the policy says.
  if (!looksAtType(policy, change.type)) return `the policy does not look at ${change.type}`;
  const looked = enforcementFor(policy, change.action) !== undefined;
  const plan = planOf(change, example);
  const all = scan([policy], plan, {
    stack: plan.stack,
    environment: example.environment ?? defaultEnvironment,
    ...(example.author === undefined ? {} : { author: example.author }),
    now: example.now ?? defaultNow,
    ...(example.parameters === undefined ? {} : { parameters: { [policy.id]: example.parameters } }),
    positions: () => undefined,
  });
  const findings = all.filter((finding) => finding.logicalId === change.logicalId);
  const open = findings.find((finding) => finding.undecided || finding.code);
  if (open) return open.message;
  if (kind === 'pass') return findings[0] && `there is a finding: ${findings[0].message}`;
  if (findings.length > 0) return undefined;
  return looked ? 'there is no finding' : `the policy does not look at the action ${change.action}`;
}

const defaultEnvironment = 'production';
// A Wednesday. Fixed, so that examples hold tomorrow.
const defaultNow = '2026-07-15T12:00:00Z';
const itself = 'Example';

type ExampleChange = Omit<OtherChange, 'times'>;

function toChange(example: ExampleChange, logicalId = itself): Change {
  const properties = example.properties as Properties;
  const action: Action = example.action ?? (example.before ? 'update' : 'create');
  const gone = action === 'delete' || action === 'forget';
  const before = (example.before as Properties | undefined) ?? (action === 'create' ? undefined : properties);
  return {
    logicalId,
    type: example.type,
    action,
    ...(before === undefined ? {} : { before }),
    ...(gone ? {} : { after: properties }),
    differences: differencesOf(before, gone ? undefined : properties),
    replaceBecause: [],
    dependsOn: example.dependsOn ?? [],
    deletionPolicy: example.deletionPolicy ?? 'Delete',
    updateReplacePolicy: example.updateReplacePolicy ?? 'Delete',
    drift: [],
  };
}

function othersOf({ others = [] }: PolicyExample): Change[] {
  const each = others.flatMap(({ times = 1, ...other }) => Array<ExampleChange>(times).fill(other));
  return each.map((other, index) => toChange(other, other.logicalId ?? `Other${index + 1}`));
}

// By top-level property, which is all that an example needs; the planner's own go deeper.
function differencesOf(before: Properties | undefined, after: Properties | undefined): PropertyDifference[] {
  if (!before || !after) return [];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys
    .filter((key) => !sameValue(before[key], after[key]))
    .map((path) => ({
      path,
      replaces: false,
      ...(before[path] === undefined ? {} : { before: before[path] }),
      ...(after[path] === undefined ? {} : { after: after[path] }),
    }));
}

function planOf(change: Change, example: PolicyExample): Plan {
  const changes = [change, ...othersOf(example)];
  const environment = example.environment ?? defaultEnvironment;
  return {
    format: 1,
    stack: `acme/shop:infra/shop.yaml@${environment}`,
    environment,
    account: '111111111111',
    region: example.region ?? 'eu-west-1',
    file: 'infra/shop.yaml',
    changes: changes.sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1)),
    deposed: [],
    outputs: [],
    digest: '',
  };
}
