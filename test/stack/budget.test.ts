import { expect, test } from 'vitest';
import { requiredFacts, resolveStack } from '../../src/stack/resolve.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import type { TypeSchemas } from '../../src/template/type-schema.ts';
import { validateTemplate } from '../../src/template/validate.ts';
import { threadTime } from '../thread-time.ts';
import { facts } from './facts.ts';

const text = { type: 'string' } as const;
const schema = { required: ['CidrBlock'], attributes: [], createOnly: [], conditionalCreateOnly: [] };
const typeSchemas: TypeSchemas = {
  'AWS::EC2::VPC': { ...schema, type: 'AWS::EC2::VPC', properties: { CidrBlock: text } },
  'AWS::EC2::Subnet': { ...schema, type: 'AWS::EC2::Subnet', properties: { VpcId: text, CidrBlock: text } },
};

const block = (i: number) => `10.${i >> 8}.${i & 255}.0/24`;
const ids = Array.from({ length: 9_961 }, (_, i) => i);
// As many subnets to each as it has room for.
const vpcs = Array.from({ length: 39 }, (_, i) => i);

// As many resources as fit into the size that CloudFormation allows.
const yaml = `Resources:
${vpcs.map((i) => `  V${i}:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.${i}.0.0/16\n`).join('')}
${ids.map((i) => `  S${i}:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId: !Ref V${i >> 8}\n      CidrBlock: ${block(i)}\n`).join('')}`;

const json = JSON.stringify({
  Resources: Object.fromEntries([
    ...vpcs.map((i) => [`V${i}`, { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: `10.${i}.0.0/16` } }]),
    ...ids.map((i) => [
      `S${i}`,
      { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: `V${i >> 8}` }, CidrBlock: block(i) } },
    ]),
  ]),
});

test.each([
  ['YAML', yaml],
  ['JSON', json],
])('10,000 resources in %s are parsed, validated and resolved within 600 ms', (name, source) => {
  const once = () => {
    const started = threadTime();
    const { template } = parseTemplate(source, 'big.yaml');
    const parsed = threadTime();
    // CloudFormation has a limit on resources, which is all that there is to say.
    expect(validateTemplate(template!, typeSchemas)).toMatchObject([{ code: 'template-too-large' }]);
    const validated = threadTime();
    requiredFacts(template!, {}, 'eu-west-1');
    const { stack } = resolveStack(template!, { facts, parameters: {} });
    const resolved = threadTime();
    expect(stack!.resources.size).toBe(10_000);
    return [parsed - started, validated - parsed, resolved - validated, resolved - started] as const;
  };
  // The best of three: the machine does other things at the same time.
  const runs = [once(), once(), once()];
  const shown = runs.map((run) =>
    run
      .map((ms) => ms.toFixed(0))
      .join(' + ')
      .replace(/ \+ (\d+)$/, ' = $1 ms'),
  );
  console.log(`${name}, parse + validate + resolve: ${shown.join('; ')}`);
  expect(Math.min(...runs.map((run) => run[3]))).toBeLessThan(600);
});
