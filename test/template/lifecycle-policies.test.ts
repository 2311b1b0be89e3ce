import { expect, test } from 'vitest';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { checkTemplate } from '../../src/template/validate.ts';

const group =
  'Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: { MinSize: "1", MaxSize: "2", AvailabilityZones: [eu-west-1a], LaunchConfigurationName: c }';
const vpc = 'Type: AWS::EC2::VPC\n    Properties: { CidrBlock: 10.0.0.0/16 }';
const instance = 'Type: AWS::EC2::Instance\n    Properties: { ImageId: ami-12c6146b }';

/** The policy stands in line 8. */
const said = (resource: string, policy: string) =>
  checkTemplate(
    `Parameters: { Batch: { Type: Number, Default: 2 }, Pause: { Type: String, Default: PT1M } }
Conditions: { IsLarge: !Equals [!Ref Batch, "9"] }
Resources:
  It:
    ${resource}
    DeletionPolicy: Delete
    ${policy}
`,
    't.yaml',
    typeSchemas,
  )
    // Not every row has a use for the parameter and the condition.
    .diagnostics.filter(({ code }) => code !== 'template-unused')
    .map(({ where, severity, code, summary, remedy }) =>
      [`${where?.line}:${where?.column} ${severity} ${code} ${summary}`, ...(remedy ? [remedy] : [])].join(
        '; ',
      ),
    );

test.each<[string, string]>([
  ['a replacing update', 'UpdatePolicy: { AutoScalingReplacingUpdate: { WillReplace: true } }'],
  [
    'a rolling update',
    'UpdatePolicy: { AutoScalingRollingUpdate: { MinInstancesInService: 1, MaxBatchSize: "2", PauseTime: PT1H, MinActiveInstancesPercent: 50, SuspendProcesses: [AZRebalance], WaitOnResourceSignals: false } }',
  ],
  [
    'values that functions give',
    'UpdatePolicy: { AutoScalingRollingUpdate: { MaxBatchSize: !Ref Batch, PauseTime: !Sub "${Pause}" } }',
  ],
  [
    'a policy that a condition gives or not',
    'UpdatePolicy: !If [IsLarge, { AutoScalingReplacingUpdate: { WillReplace: "true" } }, !Ref AWS::NoValue]',
  ],
  [
    'sizes that are left to scheduled actions',
    'UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: "true" } }',
  ],
  ['nothing at all', 'UpdatePolicy:'],
])('an update policy is accepted without a word: %s', (_, policy) => {
  expect(said(group, policy)).toEqual([]);
});

const noSignals =
  'warning template-unsupported Slipway does not wait for the signals of It; Let what needs the software on it wait by itself: a load balancer by its health check';

test.each<[string, string, string, string[]]>([
  [
    'a group that waits for signals',
    group,
    'CreationPolicy: { ResourceSignal: { Count: !Ref Batch, Timeout: PT15M }, AutoScalingCreationPolicy: { MinSuccessfulInstancesPercent: 80 } }',
    [`8:5 ${noSignals}`],
  ],
  [
    'an instance that waits for a signal',
    instance,
    'CreationPolicy: { ResourceSignal: { Timeout: PT15M } }',
    [`8:5 ${noSignals}`],
  ],
  [
    'a rolling update that waits for signals',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { PauseTime: PT10M, WaitOnResourceSignals: "true" } }',
    [
      '8:67 warning template-unsupported A rolling update of It does not wait for signals; Choose a PauseTime in which a new instance is surely ready',
    ],
  ],
  [
    'a rolling update that suspends what it needs',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { SuspendProcesses: [AZRebalance, Launch] } }',
    [
      '8:81 warning template-unsupported A rolling update of It does not suspend Launch; Take Launch out: no instance could be replaced without it',
    ],
  ],
])('what cannot be done is warned of: %s', (_, resource, policy, expected) => {
  expect(said(resource, policy)).toEqual(expected);
});

test.each<[string, string, string, string[]]>([
  [
    'an update policy of a VPC',
    vpc,
    'UpdatePolicy: { AutoScalingReplacingUpdate: { WillReplace: true } }',
    [
      "8:5 error template-section 'AWS::EC2::VPC' has no UpdatePolicy; Remove it; AWS::AutoScaling::AutoScalingGroup can have one",
    ],
  ],
  [
    'a creation policy of a VPC',
    vpc,
    'CreationPolicy: { ResourceSignal: { Count: 1 } }',
    [
      "8:5 error template-section 'AWS::EC2::VPC' has no CreationPolicy; Remove it; AWS::AutoScaling::AutoScalingGroup and AWS::EC2::Instance can have one",
    ],
  ],
  [
    'a policy that is misspelt',
    group,
    'UpdatePolicy: { AutoScalingRolingUpdate: { MaxBatchSize: 1 } }',
    [
      "8:21 error template-unknown-property UpdatePolicy has no 'AutoScalingRolingUpdate'; Did you mean AutoScalingRollingUpdate?",
    ],
  ],
  [
    'a setting that is misspelt, inside of Fn::If',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: !If [IsLarge, { MaxBachSize: 1 }, !Ref AWS::NoValue] }',
    [
      "8:63 error template-unknown-property AutoScalingRollingUpdate has no 'MaxBachSize'; Did you mean MaxBatchSize?",
    ],
  ],
  [
    'a batch of none',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { MaxBatchSize: 0 } }',
    ["8:63 error template-property-value MaxBatchSize is a whole number from 1, not '0'"],
  ],
  [
    'more than all of them',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { MinActiveInstancesPercent: 101 } }',
    [
      "8:76 error template-property-value MinActiveInstancesPercent is a whole number from 0 to 100, not '101'",
    ],
  ],
  [
    'a duration that is none',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { PauseTime: 15m } }',
    [
      "8:60 error template-property-value PauseTime is a duration of at most PT1H, not '15m'; For example PT15M, which is fifteen minutes",
    ],
  ],
  [
    'a duration that is too long',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { PauseTime: PT61M } }',
    [
      "8:60 error template-property-value PauseTime is a duration of at most PT1H, not 'PT61M'; For example PT15M, which is fifteen minutes",
    ],
  ],
  [
    'a process that there is not',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { SuspendProcesses: [AZRebalence] } }',
    [
      "8:68 error template-property-value SuspendProcesses cannot have 'AZRebalence'; Did you mean AZRebalance?",
    ],
  ],
  [
    'a list where a mapping has to be',
    group,
    'UpdatePolicy: { AutoScalingReplacingUpdate: [WillReplace] }',
    ['8:49 error template-property-type AutoScalingReplacingUpdate is a mapping, not a list'],
  ],
  [
    'neither yes nor no',
    group,
    'UpdatePolicy: { AutoScalingReplacingUpdate: { WillReplace: perhaps } }',
    ["8:64 error template-property-value WillReplace is true or false, not 'perhaps'"],
  ],
  [
    'a parameter that there is not',
    group,
    'UpdatePolicy: { AutoScalingRollingUpdate: { MaxBatchSize: !Ref Bach } }',
    ["8:68 error template-reference There is no parameter or resource 'Bach'; Did you mean Batch?"],
  ],
])('what CloudFormation has not is an error: %s', (_, resource, policy, expected) => {
  expect(said(resource, policy)).toEqual(expected);
});
