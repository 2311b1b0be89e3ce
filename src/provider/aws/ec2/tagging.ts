import type { ResourceType as TaggedType, TagSpecification } from '@aws-sdk/client-ec2';
import type { CreateRequest, ProviderContext, UpdateRequest } from '../../provider.ts';
import { eventually } from '../eventually.ts';
import { tagChanges, tagsToCreate } from '../tags.ts';

/** Tags and ownership for a create call: there is no moment at which a resource of ours is unmarked. */
export function tagSpecifications(request: CreateRequest, ...types: TaggedType[]): TagSpecification[] {
  const Tags = tagsToCreate(request.properties.Tags, request.ownership);
  return types.map((ResourceType) => ({ ResourceType, Tags }));
}

/** Brings the tags of an EC2 resource about, ownership included. */
export async function updateTags(context: ProviderContext, request: UpdateRequest): Promise<void> {
  const { put, remove } = tagChanges(request.before.Tags, request.after.Tags, request.ownership);
  const ec2 = await context.aws.ec2();
  const Resources = [request.physicalId];
  if (put.length > 0) await eventually(context, () => ec2.createTags({ Resources, Tags: put }));
  if (remove.length > 0) await ec2.deleteTags({ Resources, Tags: remove.map((Key) => ({ Key })) });
}
