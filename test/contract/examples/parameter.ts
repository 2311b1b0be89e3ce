import type { Example } from './example.ts';

export const parameter: Example = {
  type: 'AWS::SSM::Parameter',
  creates: 'PutParameter',
  properties: {
    Type: 'String',
    Value: 'eu-west-1',
    Description: 'example',
    AllowedPattern: '[a-z0-9-]+',
    Tags: { team: 'shop', Name: 'example' },
  },
  edits: {
    'another value': { Value: 'eu-central-1' },
    'another description': { Description: 'other' },
    'no description': { Description: undefined },
    'another pattern': { AllowedPattern: '.+' },
    'no pattern': { AllowedPattern: undefined },
    'the advanced tier': { Tier: 'Advanced' },
    'another value of a tag': { Tags: { team: 'shop', Name: 'other' } },
    'a tag more and one less': { Tags: { cost: '42', Name: 'example' } },
    'no tags': { Tags: undefined },
  },
  replacing: {
    'a list': { Type: 'StringList' },
    'an image': { DataType: 'aws:ec2:image', Value: 'ami-12345678' },
  },
  notHere: { Policies: 'moto answers each policy as an object where AWS answers its text' },
  sameAs: {
    'defaults said': {
      Type: 'String',
      Value: 'eu-west-1',
      DataType: 'text',
      Description: 'example',
      AllowedPattern: '[a-z0-9-]+',
      Tags: { Name: 'example', team: 'shop' },
    },
  },
  async count(aws, made) {
    const { Parameters = [] } = await (await aws.ssm()).getParameters({ Names: [made.physicalId] });
    return Parameters.length;
  },
};
