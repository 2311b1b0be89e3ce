/** The tools themselves: cfn-lint by its SARIF, and cfn-guard with the rules of Control Tower and an operator's own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { readScanners } from '../../src/scanner/read-scanners.ts';
import { findCfnGuard } from '../cfn-guard.ts';
import { findCfnLint } from '../cfn-lint.ts';
import { planOf, textOf } from './texts.ts';

const folder = await mkdtemp(join(tmpdir(), 'slipway-scanners-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a scanner with these settings finds, as short as can be. */
async function found(
  settings: object,
  text: string,
  desired?: { readonly [key: string]: Value },
): Promise<string[]> {
  const path = join(folder, 'scanners.yaml');
  await writeFile(path, JSON.stringify({ scanners: [settings] }));
  const template = textOf(text);
  const plan = planOf(
    Object.fromEntries(template.blocks.flatMap((b) => b.logicalIds).map((id) => [id, 'create'])),
  );
  const changes = desired ? plan.changes.map((change) => ({ ...change, desired })) : plan.changes;
  const scanners = await readScanners(path);
  const findings = await scanners.begin(template).findings({ ...plan, changes }, () => undefined);
  return findings.map(
    ({ policy, logicalId, path: at, where, severity }) =>
      `${severity} ${policy} ${logicalId}${at ? `.${at}` : ''}${where ? `:${where.line}` : ''}`,
  );
}

const sound = `Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/24
`;

const lint = await findCfnLint();
const sarif = lint.kind === 'found' ? await lint.sarif() : lint;
withTool('cfn-lint', sarif, ({ command, environment }) => {
  const settings = {
    id: 'cfn-lint',
    kind: 'sarif',
    command: [...command, '--format', 'sarif', '--regions', 'eu-west-1', '--', '{template}'],
    environment,
  };

  test('says of a sound template nothing', async () => {
    expect(await found(settings, sound)).toEqual([]);
  });

  test('says what is wrong on its line, and that it was told to look away', async () => {
    const text = `Parameters:
  Unused: { Type: String }
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Metadata: { cfn-lint: { config: { ignore_checks: [E3012] } } }
    Properties:
      CidrBlock: 10.0.0.0/24
      Nope: 1
`;
    expect(await found(settings, text)).toEqual([
      'high cfn-lint/switched-off Vpc:4',
      'high cfn-lint/E3002 Vpc:9',
      'medium cfn-lint/W2001 Parameters.Unused:2',
    ]);
  });
});

withTool('cfn-guard', await findCfnGuard(), ({ program, rules }) => {
  const settings = { id: 'guard', kind: 'cfn-guard', command: [program], files: [rules] };
  const open = `Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Subnets:
    - Name
    - [One, Two]
    - "\${Name}":
        Type: AWS::EC2::Subnet
        Properties: { VpcId: vpc-1, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true }
`;

  test('holds Control Tower against every resource, also those of a loop', async () => {
    expect(await found(settings, open)).toEqual([
      'high guard/subnet_auto_assign_public_ip_disabled_check One.MapPublicIpOnLaunch',
      'high guard/subnet_auto_assign_public_ip_disabled_check Two.MapPublicIpOnLaunch',
    ]);
    expect(await found(settings, sound)).toEqual([]);
  });

  test('holds them against the values that the plan has, which the template alone does not tell', async () => {
    const text = `Parameters:
  Public: { Type: String }
Resources:
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: vpc-1, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: !Ref Public }
`;
    const values = { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24' };
    expect(await found(settings, text, { ...values, MapPublicIpOnLaunch: false })).toEqual([]);
    expect(await found(settings, text, { ...values, MapPublicIpOnLaunch: true })).toEqual([
      'high guard/subnet_auto_assign_public_ip_disabled_check Subnet.MapPublicIpOnLaunch',
    ]);
  });

  test("holds an operator's own rules against it, by a path from the file", async () => {
    const rule = `rule SMALL { Resources.*[ Type == 'AWS::EC2::VPC' ].Properties.CidrBlock == "10.9.0.0/24" <<VPCs are small>> }`;
    await writeFile(join(folder, 'own.guard'), rule);
    expect(await found({ ...settings, files: ['own.guard'] }, sound)).toEqual([
      'high guard/SMALL Vpc.CidrBlock',
    ]);
  });

  test('has judged nothing with rules that it cannot read, though it goes on without them', async () => {
    await writeFile(join(folder, 'broken.guard'), 'rule X { nonsense (((');
    expect(await found({ ...settings, files: [rules, 'broken.guard'] }, sound)).toEqual([
      'high guard/failed infra/shop.yaml:1',
    ]);
  });
});

/** CI may not do without any of them. */
function withTool<T extends { readonly kind: string }>(
  name: string,
  tool: T | { readonly kind: 'missing'; readonly reason: string },
  tests: (tool: Exclude<T, { kind: 'missing' }>) => void,
): void {
  if ('reason' in tool) {
    if (process.env.SLIPWAY_REQUIRE_SERVICES === '1') throw new Error(`${name}: ${tool.reason}`);
    describe.skip(name, () => test(`skipped: ${tool.reason}`));
  } else describe(name, () => tests(tool as Exclude<T, { kind: 'missing' }>));
}
