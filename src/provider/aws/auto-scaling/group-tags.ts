/** Tags of an Auto Scaling group: each says too whether the group's instances get it. */
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { objects } from '../../plain-value.ts';

export interface GroupTag {
  readonly Key: string;
  readonly Value: string;
  readonly PropagateAtLaunch: boolean;
  readonly ResourceId: string;
  readonly ResourceType: string;
}

/** The template's tags, and the ownership, which the instances do not get: they are the group's and not ours. */
export function groupTags(
  name: string,
  tags: Value | undefined,
  ownership: Readonly<Record<string, string>>,
): GroupTag[] {
  return [
    ...objects(tags).map((tag) => groupTag(name, tag)),
    ...Object.entries(ownership).map(([Key, Value]) =>
      groupTag(name, { Key, Value, PropagateAtLaunch: false }),
    ),
  ];
}

/** New ones and those that are not as they should be, the ownership among them, and the keys of those that are gone. */
export function groupTagChanges(
  name: string,
  before: Value | undefined,
  after: Value | undefined,
  ownership: Readonly<Record<string, string>>,
): {
  readonly put: GroupTag[];
  readonly remove: { Key: string; ResourceId: string; ResourceType: string }[];
} {
  const old = objects(before).map((tag) => groupTag(name, tag));
  const wanted = groupTags(name, after, ownership);
  return {
    put: wanted.filter((tag) => !old.some((one) => sameValue({ ...one }, { ...tag }))),
    remove: old
      .filter(({ Key }) => !wanted.some((tag) => tag.Key === Key))
      .map(({ Key, ResourceId, ResourceType }) => ({ Key, ResourceId, ResourceType })),
  };
}

function groupTag(ResourceId: string, tag: Properties): GroupTag {
  return {
    Key: String(tag.Key),
    Value: String(tag.Value ?? ''),
    PropagateAtLaunch: tag.PropagateAtLaunch === true,
    ResourceId,
    ResourceType: 'auto-scaling-group',
  };
}
