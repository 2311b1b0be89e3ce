import type { ReplicationConfiguration } from '@aws-sdk/client-s3';
import type { Properties, Value } from '../../../base/value.ts';
import { present } from '../../plain-value.ts';
import { argument, type BucketSetting, compact, ifSet, isPlain, mapped } from './setting.ts';

export const replication: BucketSetting = {
  property: 'ReplicationConfiguration',
  async get(s3, Bucket) {
    const found = await ifSet(s3.getBucketReplication({ Bucket }));
    if (found?.ReplicationConfiguration === undefined) return undefined;
    const { Role, Rules } = present(found.ReplicationConfiguration);
    return compact({ Role, Rules: mapped(Rules, fromRule) });
  },
  put: (s3, Bucket, value) => {
    const { Role, Rules } = value as Properties;
    return s3.putBucketReplication({
      Bucket,
      ReplicationConfiguration: argument<ReplicationConfiguration>(
        compact({ Role, Rules: mapped(Rules, toRule) }),
      ),
    });
  },
  remove: (s3, Bucket) => s3.deleteBucketReplication({ Bucket }),
};

function toRule({ Id, Filter, ...rest }: Properties): Properties {
  return compact({ ...rest, ID: Id, Filter: filter(Filter, 'TagFilter', 'Tag', 'TagFilters', 'Tags') });
}

function fromRule({ ID, Filter, ...rest }: Properties): Properties {
  return compact({ ...rest, Id: ID, Filter: filter(Filter, 'Tag', 'TagFilter', 'Tags', 'TagFilters') });
}

/** The same filter with the other side's words for one tag, and for several. */
function filter(
  value: Value | undefined,
  ...[one, theirOne, many, theirMany]: [string, string, string, string]
): Value | undefined {
  if (!isPlain(value)) return value;
  const { [one]: tag, And, ...rest } = value;
  const { [many]: tags, ...and } = isPlain(And) ? And : {};
  return compact({
    ...rest,
    [theirOne]: tag,
    And: isPlain(And) ? compact({ ...and, [theirMany]: tags }) : undefined,
  });
}
