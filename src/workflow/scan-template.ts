import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import { seal } from '../base/value.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Finding } from '../policy/finding.ts';
import type { ScanContext } from '../policy/scan.ts';
import { resourceType } from '../provider/registry.ts';
import { placeOf } from '../stack/place-of.ts';
import { resolveAlone } from '../stack/resolve.ts';
import type { DesiredStack } from '../stack/stack.ts';
import { stackNameOf } from '../stack/stack-id.ts';
import { beginScanning } from './begin-scanning.ts';
import { readSource } from './check-source.ts';
import { findingsOf } from './judge.ts';
import type { StackSource } from './plan-stack.ts';
import { partitionOf } from './target.ts';
import type { Workflow } from './workflow.ts';

export interface TemplateScan {
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What policies and scanners say of files alone, without state or cloud: as if every resource were to be made. What only the cloud
 * or a parameter without a value would give is unknown, and a policy that hangs on it is decided later.
 */
export async function scanTemplate(
  workflow: Pick<Workflow, 'policies' | 'clock' | 'schemas' | 'scanners'>,
  source: StackSource,
): Promise<TemplateScan> {
  const checked = readSource(workflow, source);
  const { template, parameters, diagnostics } = checked;
  if (!template || hasErrors(diagnostics)) return { findings: [], diagnostics };
  const { region, account } = source.environment;
  const resolved = resolveAlone(template, parameters, {
    stack: source.stack,
    stackName: stackNameOf(source.stack),
    ...(account === undefined ? {} : { account }),
    region,
    partition: partitionOf(region ?? ''),
  });
  const all = [...diagnostics, ...resolved.diagnostics];
  const desired = resolved.stack;
  if (!desired) return { findings: [], diagnostics: all };
  try {
    const plan = planOfAll(source, desired);
    const positions: ScanContext['positions'] = (logicalId, path) => placeOf(desired, logicalId, path);
    const others = await beginScanning(workflow, source, checked).findings(plan, positions);
    return { findings: findingsOf(workflow, plan, source, positions, others), diagnostics: all };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { findings: [], diagnostics: [...all, ...diagnosticsOf(error)] };
  }
}

// No text is behind it: policies see of a secret only that it is one.
const sealed = () => seal('', 'scan');

function planOfAll({ stack, environment, file }: StackSource, desired: DesiredStack): Plan {
  return makePlan({
    stack,
    environment: environment.name,
    account: environment.account ?? '',
    region: environment.region ?? '',
    file,
    desired,
    recorded: [],
    recordedOutputs: {},
    live: new Map(),
    typeOf: (type) => resourceType(type),
    replacement: () => 'never',
    secret: sealed,
    seal: sealed,
  });
}
