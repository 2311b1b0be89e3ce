/** Where controls come from: the beginning of each entry of a policy's `controls`. */
export const standards: readonly {
  readonly prefix: string;
  readonly about: string;
  /** What comes after the prefix. */
  readonly control: RegExp;
  /** The pack that has every policy with such a control. */
  readonly pack?: string;
}[] = [
  {
    prefix: 'CIS AWS v5.0',
    about: 'CIS Amazon Web Services Foundations Benchmark, version 5.0.0.',
    control: /^\d(\.\d{1,2}){1,2}$/,
    pack: 'cis-aws',
  },
  {
    prefix: 'CIS AWS v3.0',
    about: 'CIS Amazon Web Services Foundations Benchmark, version 3.0.0.',
    control: /^\d(\.\d{1,2}){1,2}$/,
    pack: 'cis-aws',
  },
  {
    prefix: 'FSBP',
    about: 'AWS Foundational Security Best Practices, version 1.0.0, by the ids of Security Hub.',
    control: /^(AutoScaling|EC2|ELB|IAM|KMS|S3)\.\d{1,3}$/,
    pack: 'aws-fsbp',
  },
  {
    prefix: 'Security Hub',
    about: 'Controls of Security Hub that are in no version of the three above, or in other words.',
    control: /^(CloudTrail|CloudWatch|EC2|IAM|S3)\.\d{1,3}$/,
  },
  {
    prefix: 'Tagging',
    about:
      'The AWS Resource Tagging Standard of Security Hub, with `requiredTagKeys` set to the tag of the policy.',
    control: /^(AutoScaling|EC2|IAM)\.\d{1,3}$/,
  },
  {
    prefix: 'NIST 800-53 r5',
    about:
      "NIST SP 800-53, revision 5: the requirements that Security Hub's page names for the control. An enhancement, such as SC-7(4), is named only where its control is not.",
    control: /^[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?$/,
  },
];

/** Controls that speak of these resource types and that no policy can check, with the reason. */
export const outsideTemplates: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'CIS AWS v5.0': {
    '2.1.2':
      'only the root user can turn MFA delete on, by a call of its own; CloudFormation has no property for it.',
    '2.1.3': 'classification of data is a service for the whole account (Macie).',
    '3.8 and 3.9': 'events of objects are recorded by a trail of CloudTrail, which Slipway does not make.',
  },
  FSBP: {
    'EC2.4': 'how long an instance has been stopped.',
    'EC2.7 and S3.1': 'settings of the whole account.',
    'IAM.3 to IAM.8': 'users, their keys and passwords, which Slipway does not make.',
    'S3.19, S3.24 and S3.25': 'access points and directory buckets, which Slipway does not make.',
    'SSM.1 to SSM.3': 'what the agent on an instance reports.',
  },
};
