import type { Difference } from '../plan/compare.ts';
import { recordedDrift } from '../plan/drift.ts';
import type { Environment } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import { readRunning } from './running-stack.ts';
import type { Workflow } from './workflow.ts';

/** One resource that is not as we left it. */
export interface ResourceDrift {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** The cloud, asked twice, says that it is not there any more. */
  readonly vanished: boolean;
  /** `before` as recorded, `after` as it is now, sorted by path; secrets as fingerprints. Empty when vanished. */
  readonly differences: readonly Difference[];
}

/** What somebody else did to a stack since Slipway last touched it. */
export interface StackDrift {
  readonly stack: StackId;
  readonly account: string;
  readonly region: string;
  /** How many resources were looked at. */
  readonly checked: number;
  /** Sorted by logical id. */
  readonly drifted: readonly ResourceDrift[];
  /** A run is going on, or calls of an earlier one have no known end: what differs may be Slipway's own doing. */
  readonly unsettled: boolean;
}

/**
 * Compares what a stack's records say with what the cloud answers, by the comparison that plans use. Writes nothing,
 * to the cloud or to the state. `environment` says how to get there; where the stack is, its record says.
 *
 * @throws SlipwayError `state-missing`, and what openTarget and the cloud throw
 */
export async function driftStack(
  workflow: Workflow,
  { stack, environment }: { readonly stack: StackId; readonly environment: Environment },
): Promise<StackDrift> {
  const { record, resources, live, typeOf, seal, unsettled } = await readRunning(workflow, {
    stack,
    environment,
  });
  const drifted = resources.flatMap((resource): ResourceDrift[] => {
    const { logicalId, type, physicalId } = resource;
    const found = live.get(logicalId);
    const differences = found ? recordedDrift(resource, found, typeOf(type), seal) : [];
    if (found && differences.length === 0) return [];
    return [{ logicalId, type, physicalId, vanished: !found, differences }];
  });
  return {
    stack,
    account: record.account,
    region: record.region,
    checked: resources.length,
    drifted,
    unsettled,
  };
}
