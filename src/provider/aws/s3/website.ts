import type { WebsiteConfiguration } from '@aws-sdk/client-s3';
import type { Properties } from '../../../base/value.ts';
import { present } from '../../plain-value.ts';
import {
  argument,
  type BucketSetting,
  compact,
  ifSet,
  isPlain,
  mapped,
  renamed,
  reversed,
} from './setting.ts';

const ruleNames = { RedirectRule: 'Redirect', RoutingRuleCondition: 'Condition' };

export const website: BucketSetting = {
  property: 'WebsiteConfiguration',
  async get(s3, Bucket) {
    const found = await ifSet(s3.getBucketWebsite({ Bucket }));
    if (found === undefined) return undefined;
    const { ErrorDocument, IndexDocument, RedirectAllRequestsTo, RoutingRules } = present(found);
    return compact({
      ErrorDocument: isPlain(ErrorDocument) ? ErrorDocument.Key : undefined,
      IndexDocument: isPlain(IndexDocument) ? IndexDocument.Suffix : undefined,
      RedirectAllRequestsTo,
      RoutingRules: mapped(RoutingRules, (rule) => renamed(rule, reversed(ruleNames))),
    });
  },
  put: (s3, Bucket, value) => {
    const { ErrorDocument, IndexDocument, RedirectAllRequestsTo, RoutingRules } = value as Properties;
    const WebsiteConfiguration = compact({
      ErrorDocument: ErrorDocument === undefined ? undefined : { Key: ErrorDocument },
      IndexDocument: IndexDocument === undefined ? undefined : { Suffix: IndexDocument },
      RedirectAllRequestsTo,
      RoutingRules: mapped(RoutingRules, (rule) => renamed(rule, ruleNames)),
    });
    return s3.putBucketWebsite({
      Bucket,
      WebsiteConfiguration: argument<WebsiteConfiguration>(WebsiteConfiguration),
    });
  },
  remove: (s3, Bucket) => s3.deleteBucketWebsite({ Bucket }),
};
