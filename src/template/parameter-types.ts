/**
 * The types a template parameter can have. Source: 'Parameters section syntax' of the CloudFormation user guide,
 * AWS-specific and Systems Manager parameter types.
 */
const awsTypes = [
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::VPC::Id',
  'AWS::EC2::Volume::Id',
  'AWS::Route53::HostedZone::Id',
] as const;

const plainTypes = ['String', 'Number', 'List<Number>', 'CommaDelimitedList'];
const listed = [...plainTypes, ...awsTypes, ...awsTypes.map((type) => `List<${type}>`), 'List<String>'];

export const parameterTypes: readonly string[] = [
  ...listed,
  'AWS::SSM::Parameter::Name',
  ...listed.map((type) => `AWS::SSM::Parameter::Value<${type}>`),
];

/** The type inside `AWS::SSM::Parameter::Value<...>`; undefined for a parameter that holds its value itself. */
export function storedType(type: string): string | undefined {
  return /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
}

/** Whether `Ref` gives a list. */
export function isListType(type: string): boolean {
  const inner = storedType(type) ?? type;
  return inner === 'CommaDelimitedList' || inner.startsWith('List<');
}

/** Whether each value is a number. */
export function isNumberType(type: string): boolean {
  const inner = storedType(type) ?? type;
  return inner === 'Number' || inner === 'List<Number>';
}

/** What an id of an AWS-specific type looks like; undefined when any text may be one. */
export function idPattern(type: string): RegExp | undefined {
  const inner = /^List<(.+)>$/.exec(type)?.[1] ?? type;
  return idPatterns[inner];
}

const idPatterns: Readonly<Record<string, RegExp>> = {
  'AWS::EC2::Image::Id': /^ami-[0-9a-z]+$/,
  'AWS::EC2::Instance::Id': /^i-[0-9a-z]+$/,
  'AWS::EC2::SecurityGroup::Id': /^sg-[0-9a-z]+$/,
  'AWS::EC2::Subnet::Id': /^subnet-[0-9a-z]+$/,
  'AWS::EC2::VPC::Id': /^vpc-[0-9a-z]+$/,
  'AWS::EC2::Volume::Id': /^vol-[0-9a-z]+$/,
};
