import type { Change, Plan } from '../../src/plan/plan.ts';
import { type TemplateText, templateText } from '../../src/scanner/template-text.ts';
import type { Weights } from '../../src/scanner/weights.ts';
import { readTemplate } from '../../src/template/parse.ts';

export const file = 'infra/shop.yaml';

/** A template as scanners are given it. */
export function textOf(text: string, path = file): TemplateText {
  const { template } = readTemplate(text, path, {});
  return templateText({ file: path, text, parameters: {} }, template!)!;
}

/** A plan that does this to resources; all else of it is as it may be. */
export function planOf(actions: Readonly<Record<string, Change['action']>>): Plan {
  const changes = Object.entries(actions).map(([logicalId, action]) => ({
    logicalId,
    type: 'AWS::EC2::VPC',
    action,
    differences: [],
    replaceBecause: [],
    dependsOn: [],
    deletionPolicy: 'Delete' as const,
    updateReplacePolicy: 'Delete' as const,
    drift: [],
  }));
  return {
    format: 1,
    stack: `acme/shop:${file}@prod`,
    environment: 'prod',
    account: '111111111111',
    region: 'eu-west-1',
    file,
    changes,
    deposed: [],
    outputs: [],
    digest: '0'.repeat(64),
  };
}

/** What a scanner weighs where the operator says nothing. */
export const weights: Weights = {
  id: 'tool',
  enforcement: 'mandatory',
  severity: { error: 'high', warning: 'medium', note: 'low' },
  rules: {},
  untouched: 'advise',
};

export const network = `Parameters:
  Range: { Type: String }
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref Range
  Spare:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
`;
