import { type Diagnostic, sortDiagnostics } from '../base/diagnostic.ts';
import { SlipwayError } from '../base/error.ts';
import { isUnknown, type Value } from '../base/value.ts';
import type { Live } from '../provider/provider.ts';
import type { DesiredResource } from '../stack/stack.ts';
import type { ResourceRecord } from '../state/state.ts';
import { holdsSecret } from './compare.ts';
import { unknownState } from './desired-state.ts';
import type { PropertyDifference } from './plan.ts';
import type { PlannedType } from './planned-type.ts';
import { impossiblePrivateKey } from './private-key-path.ts';
import { strangeMetadata, unsaidDeletion } from './slipway-metadata.ts';

/**
 * Throws `plan-unsupported` with everything that no plan can do: said when planning, because in the middle of an
 * apply it would leave the stack half way.
 *
 * @param more what was found wrong before
 */
export function refuseUnsupported(
  desired: ReadonlyMap<string, DesiredResource>,
  current: ReadonlyMap<string, ResourceRecord>,
  typeOf: (type: string) => PlannedType,
  more: readonly Diagnostic[],
): void {
  const own = [...desired.values()].flatMap((resource) => [
    ...strangeMetadata(resource),
    ...(current.has(resource.logicalId) ? [] : unsaidDeletion(resource)),
    ...typeChange(resource, current.get(resource.logicalId)),
    ...snapshot(resource, typeOf),
    ...unknownState(resource, typeOf),
    ...impossiblePrivateKey(resource, typeOf),
  ]);
  refuseAll([...more, ...own]);
}

/** Throws the diagnostics, if there are any. */
export function refuseAll(found: readonly Diagnostic[]): void {
  const diagnostics = sortDiagnostics(found);
  const [first] = diagnostics;
  if (first) throw new SlipwayError('plan-unsupported', { summary: first.summary, diagnostics });
}

/** What is imported stays what it is: a difference that would replace it is a mistake on one side or the other. */
export function impossibleImport(
  { logicalId, where }: DesiredResource,
  { physicalId }: Live,
  differences: readonly PropertyDifference[],
): Diagnostic[] {
  return differences
    .filter((d) => d.replaces)
    .map((d) => ({
      severity: 'error',
      code: 'plan-import',
      summary: `${logicalId} cannot become ${physicalId}: ${d.path} ${howItDiffers(d)}, and changing it would replace it`,
      remedy: isUnknown(d.after)
        ? 'Import what it refers to as well, in the same template, or name that by its id.'
        : `Write ${d.path} as it is in the cloud, or import another.`,
      where: d.where ?? where,
    }));
}

function howItDiffers({ before, after }: PropertyDifference): string {
  // What it is there is nothing that whoever wrote the template may be told.
  const is = before === undefined ? 'is not set' : after === undefined ? 'is set' : 'is another';
  if (after === undefined) return `${is} in the cloud and not in the template`;
  return `${is} in the cloud and ${shown(after)} in the template`;
}

function shown(value: Value): string {
  if (isUnknown(value)) return 'something that is not there yet';
  if (holdsSecret(value)) return 'a secret';
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
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
