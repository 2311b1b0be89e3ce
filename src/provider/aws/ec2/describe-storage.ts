/** The Describe calls of volumes and snapshots: as `describe.ts` has them. */
import type { Snapshot, Volume } from '@aws-sdk/client-ec2';
import { all, type Listing } from './describe.ts';

export const volumes: Listing<Volume> = {
  call: 'DescribeVolumes',
  idFilter: 'volume-id',
  list: (ec2, Filters) =>
    all(ec2.paginateDescribeVolumes({ Filters }, { pageSize: 500 }), (page) => page.Volumes),
};

/** Without `OwnerIds` AWS searches the public snapshots of everybody too. */
export const snapshots: Listing<Snapshot> = {
  call: 'DescribeSnapshots',
  idFilter: 'snapshot-id',
  list: (ec2, Filters) =>
    all(
      ec2.paginateDescribeSnapshots({ Filters, OwnerIds: ['self'] }, { pageSize: 1000 }),
      (page) => page.Snapshots,
    ),
};
