import type { Diagnostic } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import type { DesiredResource } from '../stack/stack.ts';
import type { ResourceRecord } from '../state/state.ts';
import { unknownState } from './desired-state.ts';
import type { PlannedType } from './planned-type.ts';

/**
 * Throws `plan-unsupported` with everything that no plan can do: said when planning, because in the middle of an
 * apply it would leave the stack half way.
 */
export function refuseUnsupported(
  desired: ReadonlyMap<string, DesiredResource>,
  current: ReadonlyMap<string, ResourceRecord>,
  typeOf: (type: string) => PlannedType,
): void {
  const diagnostics = [...desired.values()].flatMap((resource) => [
    ...typeChange(resource, current.get(resource.logicalId)),
    ...snapshot(resource, typeOf),
    ...unknownState(resource, typeOf),
  ]);
  const [first] = diagnostics;
  if (first) throw new SlipwayError('plan-unsupported', { summary: first.summary, diagnostics });
}

function typeChange(resource: DesiredResource, record: ResourceRecord | undefined): Diagnostic[] {
  if (!record || record.type === resource.type) return [];
  return [
    {
      severity: 'error',
      code: 'plan-unsupported',
      summary: `${resource.logicalId} changes its type from ${record.type} to ${resource.type}`,
      remedy: 'Give the new resource a logical id of its own; the old one is then deleted.',
      where: resource.where,
    },
  ];
}

function snapshot(resource: DesiredResource, typeOf: (type: string) => PlannedType): Diagnostic[] {
  if (typeOf(resource.type).snapshot) return [];
  return (['deletionPolicy', 'updateReplacePolicy'] as const)
    .filter((policy) => resource[policy] === 'Snapshot')
    .map((policy) => ({
      severity: 'error',
      code: 'plan-unsupported',
      summary: `${resource.type} cannot be snapshotted, and ${resource.logicalId} asks for it`,
      remedy: `Use ${policy === 'deletionPolicy' ? 'DeletionPolicy' : 'UpdateReplacePolicy'}: Retain or Delete.`,
      where: resource.where,
    }));
}
