/**
 * The intrinsic functions of CloudFormation, by their long names. Source: the intrinsic function reference of the
 * CloudFormation user guide.
 */

import type { TemplateNode } from './template.ts';

/** Where a function may stand. `condition` also covers what is inside another condition function. */
export type IntrinsicPlace = 'value' | 'condition' | 'both' | 'rule';

export interface Intrinsic {
  readonly place: IntrinsicPlace;
  /** Set when Slipway does not support it: what to write instead. */
  readonly unsupported?: string;
  /** How it looks, for messages. */
  readonly example: string;
}

export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: { place: 'both', example: '!Ref Vpc' },
  Condition: { place: 'condition', example: '!Condition IsProduction' },
  'Fn::GetAtt': { place: 'value', example: '!GetAtt Vpc.CidrBlock' },
  'Fn::Sub': { place: 'both', example: "!Sub '${AWS::StackName}-web'" },
  'Fn::Join': { place: 'both', example: "!Join [',', [a, b]]" },
  'Fn::Select': { place: 'both', example: "!Select [0, !GetAZs '']" },
  'Fn::Split': { place: 'both', example: "!Split [',', 'a,b']" },
  'Fn::FindInMap': { place: 'both', example: '!FindInMap [Images, !Ref AWS::Region, arm64]' },
  'Fn::GetAZs': { place: 'value', example: "!GetAZs ''" },
  'Fn::Base64': { place: 'value', example: '!Base64 text' },
  'Fn::Cidr': { place: 'value', example: '!Cidr [10.0.0.0/16, 4, 8]' },
  'Fn::ImportValue': { place: 'value', example: '!ImportValue network-vpc' },
  'Fn::Length': { place: 'both', example: 'Fn::Length: !Ref Zones' },
  'Fn::ToJsonString': { place: 'value', example: 'Fn::ToJsonString: { a: 1 }' },
  'Fn::If': { place: 'value', example: '!If [IsProduction, a, b]' },
  'Fn::And': { place: 'condition', example: '!And [!Condition A, !Condition B]' },
  'Fn::Or': { place: 'condition', example: '!Or [!Condition A, !Condition B]' },
  'Fn::Not': { place: 'condition', example: '!Not [!Condition A]' },
  'Fn::Equals': { place: 'condition', example: '!Equals [!Ref Size, large]' },
  'Fn::Transform': {
    place: 'value',
    unsupported: 'Write out what the macro would produce',
    example: '',
  },
  'Fn::Contains': { place: 'rule', example: '' },
  'Fn::EachMemberEquals': { place: 'rule', example: '' },
  'Fn::EachMemberIn': { place: 'rule', example: '' },
  'Fn::RefAll': { place: 'rule', example: '' },
  'Fn::ValueOf': { place: 'rule', example: '' },
  'Fn::ValueOfAll': { place: 'rule', example: '' },
};

export const loopPrefix = 'Fn::ForEach::';

/** Whether a map with only this key is an intrinsic function. */
export function isIntrinsicKey(key: string): boolean {
  return key === 'Ref' || (key.startsWith('Fn::') && !key.startsWith(loopPrefix));
}

/** `!Ref AWS::NoValue`: as if the property were not there. */
export function isNoValue(node: TemplateNode): boolean {
  return (
    node.kind === 'intrinsic' &&
    node.name === 'Ref' &&
    node.argument.kind === 'scalar' &&
    node.argument.value === 'AWS::NoValue'
  );
}

/** `!GetAtt` is `Fn::GetAtt`; `!Ref` and `!Condition` have no prefix. */
export function intrinsicOfTag(tag: string): string {
  const name = tag.slice(1);
  return name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
}

export function tagOfIntrinsic(name: string): string {
  return `!${name.startsWith('Fn::') ? name.slice(4) : name}`;
}

export const pseudoParameters: readonly string[] = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];
