import type { Adoption } from '../../provider.ts';
import { tagRecord } from '../tags.ts';
import { all } from './describe.ts';

/** Of what EC2 knows by an id of its own and tags under it. @param prefix `vpc` */
export function byTaggedId(prefix: string): Adoption {
  return {
    id: `${prefix}-0a1b2c3d4e5f67890`,
    async tags(context, physicalId) {
      const ec2 = await context.aws.ec2();
      const Filters = [{ Name: 'resource-id', Values: [physicalId] }];
      return tagRecord(await all(ec2.paginateDescribeTags({ Filters }), (page) => page.Tags));
    },
  };
}

/** Why a part of something else is not imported. */
export const untagged = {
  refused: 'it has no tags that could say whose it is',
} as const satisfies Adoption;
