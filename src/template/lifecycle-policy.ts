/**
 * What `CreationPolicy` and `UpdatePolicy` may hold, by resource type. Source: the CloudFormation template
 * reference, 'CreationPolicy attribute' and 'UpdatePolicy attribute'.
 */

/** One value of a policy. */
export type PolicyShape =
  | { readonly is: 'map'; readonly keys: Readonly<Record<string, PolicyShape>> }
  | { readonly is: 'number'; readonly from: number; readonly to?: number }
  | { readonly is: 'boolean' }
  | { readonly is: 'duration'; readonly longest: string }
  | { readonly is: 'list'; readonly of: readonly string[] };

export type PolicyName = 'CreationPolicy' | 'UpdatePolicy';

const map = (keys: Readonly<Record<string, PolicyShape>>): PolicyShape => ({ is: 'map', keys });
const percent: PolicyShape = { is: 'number', from: 0, to: 100 };
const yesOrNo: PolicyShape = { is: 'boolean' };

const resourceSignal = map({
  Count: { is: 'number', from: 0 },
  Timeout: { is: 'duration', longest: 'PT12H' },
});

const scalingProcesses = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
];

/** Types that Slipway has, of those with such a policy. */
export const policyShapes: Readonly<Record<PolicyName, Readonly<Record<string, PolicyShape>>>> = {
  CreationPolicy: {
    'AWS::AutoScaling::AutoScalingGroup': map({
      AutoScalingCreationPolicy: map({ MinSuccessfulInstancesPercent: percent }),
      ResourceSignal: resourceSignal,
    }),
    'AWS::EC2::Instance': map({ ResourceSignal: resourceSignal }),
  },
  UpdatePolicy: {
    'AWS::AutoScaling::AutoScalingGroup': map({
      AutoScalingReplacingUpdate: map({ WillReplace: yesOrNo }),
      AutoScalingRollingUpdate: map({
        MaxBatchSize: { is: 'number', from: 1 },
        MinActiveInstancesPercent: percent,
        MinInstancesInService: { is: 'number', from: 0 },
        MinSuccessfulInstancesPercent: percent,
        PauseTime: { is: 'duration', longest: 'PT1H' },
        SuspendProcesses: { is: 'list', of: scalingProcesses },
        WaitOnResourceSignals: yesOrNo,
      }),
      AutoScalingScheduledAction: map({ IgnoreUnmodifiedGroupSizeProperties: yesOrNo }),
    }),
  },
};

/** Types that have one in CloudFormation and that Slipway does not have: that is what there is to say of them. */
export const elsewherePolicies: Readonly<Record<PolicyName, readonly string[]>> = {
  CreationPolicy: ['AWS::AppStream::Fleet', 'AWS::CloudFormation::WaitCondition'],
  UpdatePolicy: [
    'AWS::AppStream::Fleet',
    'AWS::ElastiCache::ReplicationGroup',
    'AWS::Elasticsearch::Domain',
    'AWS::Lambda::Alias',
    'AWS::OpenSearchService::Domain',
  ],
};
