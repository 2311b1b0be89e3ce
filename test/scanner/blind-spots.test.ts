import { describe, expect, test } from 'vitest';
import { blindSpots } from '../../src/scanner/blind-spots.ts';
import { threadTime } from '../thread-time.ts';
import { network, textOf } from './texts.ts';

const inVpc = (metadata: string) =>
  network.replace(
    '    Properties:\n      CidrBlock: !Ref Range',
    `    Metadata: ${metadata}\n    Properties:\n      CidrBlock: !Ref Range`,
  );
const found = (tool: string, text: string) =>
  blindSpots(tool, textOf(text)).map(({ rule, at }) => `${rule} ${at?.line}`);

describe('what a template tells a tool to leave out is a finding', () => {
  test.each([
    ['cfn-lint', inVpc('{ cfn-lint: { config: { ignore_checks: [E3012] } } }'), ['switched-off 4']],
    ['cfn-lint, with a key in escapes', inVpc('{ "cfn\\x2dlint": {} }'), ['switched-off 4']],
    ['cfn-lint, for the whole template', `Metadata:\n  cfn-lint: {}\n${network}`, ['switched-off 2']],
    ['checkov', network.replace('  Vpc:', '  # checkov:skip=CKV_AWS_1:no\n  Vpc:'), ['switched-off 4']],
    ['checkov, inside of a word', `${network}# nocheckov:skip=CKV_AWS_1\n`, ['switched-off 12']],
    ['checkov, in metadata', inVpc('{ checkov: { skip: [] } }'), ['switched-off 4']],
    ['checkov, by its other name', inVpc('{ bridgecrew: { skip: [] } }'), ['switched-off 4']],
    ['KICS', `# kics-scan ignore\n${network}`, ['switched-off 1']],
    ['Trivy', `${network}#trivy:ignore:AVD-AWS-0107\n`, ['switched-off 12']],
    ['cfn-lint', `# checkov:skip is of another tool\n${network}`, []],
    ['checkov', network, []],
  ])('%s', (tool, text, expected) => {
    expect(found(tool.split(',')[0]!, text)).toEqual(expected);
  });
});

test('a tool that does not write out loops does not see what they make', () => {
  const text = `Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Vpcs:
    - Name
    - [A, B]
    - "\${Name}": { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
`;
  expect(found('checkov', text)).toEqual(['loops 3']);
  expect(found('cfn-lint', text)).toEqual([]);
});

test('nor does it see the properties that a loop makes', () => {
  const text = `Transform: AWS::LanguageExtensions
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: All
      Fn::ForEach::Rules:
        - Name
        - [SecurityGroupIngress]
        - "\${Name}": [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }]
`;
  expect(found('checkov', text)).toEqual(['loops 3']);
});

describe('a number that a tool reads otherwise is a finding', () => {
  test.each<[string, readonly string[]]>([
    ['FromPort: 022', ['switched-off 4']],
    ['Ports: [ 1, 022 ] # these', ['switched-off 4']],
    ['Ports: [022]', ['switched-off 4']],
    ['{ Ports: &port 022, }', ['switched-off 4']],
    ['Account: "022"', []],
    ['Ports: [0, 22, 80.0, 0x16, 089]', []],
    ['Description: ring 007 now', []],
  ])('%s', (line, expected) => {
    const given = { ...textOf(network), text: `Resources:\n\n\n${line}\n` };
    expect(blindSpots('checkov', given).map(({ rule, at }) => `${rule} ${at?.line}`)).toEqual(expected);
  });

  test.each([',&', '- &- ', ': ', '[ '])('found in little time in a line full of %s', (part) => {
    const start = threadTime();
    blindSpots('checkov', { ...textOf(network), text: part.repeat(300_000) });
    expect(threadTime() - start).toBeLessThan(2_000);
  });
});
