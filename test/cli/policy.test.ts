import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policyText } from '../policy/policy-text.ts';
import { runSlipway } from './run-slipway.ts';

const group = (cidr: string) => `Parameters:
  Range: { Type: String }
  Size: { Type: String, Default: small }
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      Tags: [{ Key: owner, Value: shop-team }]
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }
        - IpProtocol: tcp
          FromPort: 22
          ToPort: 22
          CidrIp: ${cidr}
`;

let cwd: string;
// One of those that ship and one more, so that not all are read for every command.
const run = (...args: string[]) => runSlipway(cwd, { SLIPWAY_POLICIES: 'own' }, 'policy', ...args);
const write = (path: string, text: string) => writeFile(join(cwd, path), text);
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'slipway-policy-'));
  await mkdir(join(cwd, '.git'));
  const shipped = new URL('../../policies/default/no-public-remote-access.yaml', import.meta.url);
  await mkdir(join(cwd, 'own/default'), { recursive: true });
  await mkdir(join(cwd, 'own/strict'));
  await copyFile(shipped, join(cwd, 'own/default/no-public-remote-access.yaml'));
  await write('own/strict/small-disks.yaml', policyText());
  for (const folder of ['infra/deep', 'closed', 'broken', 'empty', 'environments']) {
    await mkdir(join(cwd, folder), { recursive: true });
  }
  await write('infra/open.yaml', group('0.0.0.0/0'));
  await write('infra/deep/later.yml', group('!Ref Range'));
  await write('infra/deep/notes.yaml', 'title: no template');
  await write('closed/shop.yaml', group('10.0.0.0/8'));
  await write('broken/shop.yaml', group('!Ref Rang'));
  await write('environments/shop.yaml', group('!Ref Range'));
  await write('environments/shop.dev.params.yaml', 'Range: 0.0.0.0/0\n');
  await write('environments/shop.prod.params.yaml', 'Range: 10.0.0.0/8\n');
  await write('closed.params.yaml', 'Range: 10.0.0.0/8\n');
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe('policy scan', () => {
  const places = (json: string) =>
    JSON.parse(json).findings.map(
      (f: { policy: string; where: { file: string; line: number }; undecided?: true }) =>
        `${f.where.file}:${f.where.line} ${f.policy}${f.undecided ? ' at apply' : ''}`,
    );

  test('finds in every template of a folder, on the line of the element, without state or cloud', async () => {
    const { code, out } = await run('scan', 'infra/', '--json');
    expect(code).toBe(1);
    expect(places(out)).toEqual([
      'infra/deep/later.yml:15 no-public-remote-access at apply',
      'infra/open.yaml:15 no-public-remote-access',
    ]);
  });

  test('asks the scanners that a file names, and those that cannot be asked count', async () => {
    const results = [
      {
        ruleId: 'R1',
        message: { text: 'see [this](https://evil.example)' },
        locations: [{ physicalLocation: { region: { startLine: 9 } } }],
      },
    ];
    const said = { version: '2.1.0', runs: [{ tool: { driver: { name: 'said' } }, results }] };
    await write('said.sarif', JSON.stringify(said));
    const scanners = [
      {
        id: 'said',
        kind: 'sarif',
        command: ['sh', '-c', 'cat "$SAID"'],
        environment: { SAID: join(cwd, 'said.sarif') },
      },
      { id: 'gone', kind: 'sarif', command: ['no-such-linter'], enforcement: 'mandatory' },
    ];
    await write('scanners.yaml', JSON.stringify({ scanners }));
    const { code, out } = await run('scan', 'closed/shop.yaml', '--scanners', 'scanners.yaml', '--sarif');
    expect(code).toBe(1);
    const [log] = JSON.parse(out).runs;
    const { rules } = log.tool.driver;
    expect(
      log.results.map((one: { ruleId: string; ruleIndex: number; locations: unknown[]; message: object }) => [
        one.ruleId,
        rules[one.ruleIndex].id,
      ]),
    ).toEqual([
      ['said/R1', 'said/R1'],
      ['gone/failed', 'gone/failed'],
    ]);
    expect(log.results[0]).toMatchObject({
      level: 'warning',
      message: { text: expect.stringContaining('see [this] (https://evil.example)') },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'closed/shop.yaml' }, region: { startLine: 9 } } },
      ],
    });
  });

  test('a file of scanners that is wrong stops the scan, with the line', async () => {
    await write('wrong.yaml', 'scanners:\n  - { id: a, kind: sarif, commands: [a] }\n');
    const { code, err } = await run('scan', 'closed/shop.yaml', '--scanners', 'wrong.yaml');
    expect(code).not.toBe(0);
    expect(err).toBe(
      'wrong.yaml:2:27: error: Unknown key scanners[0].commands (scanner-invalid)\n  Did you mean command?\n',
    );
  });

  test('what an element of a list lacks stands on the line of the element', async () => {
    const type = 'AWS::EC2::SecurityGroup';
    const [open, closed] = [undefined, 'web'].map((Description) => ({
      SecurityGroupIngress: [{ Description }],
    }));
    const described = {
      id: 'described',
      match: { types: [type] },
      foreach: 'SecurityGroupIngress[*]',
      deny: 'each.Description == null',
      message: 'A rule says nothing',
      property: 'Description',
      examples: { pass: [{ type, properties: closed }], fail: [{ type, properties: open }] },
    };
    await mkdir(join(cwd, 'described'));
    await write('described/described.yaml', policyText(described));
    const { out } = await run('scan', 'infra/open.yaml', '--directory', 'described', '--json');
    expect(places(out)).toEqual(['infra/open.yaml:11 described', 'infra/open.yaml:12 described']);
  });

  test('says it in words, with how many of which kind', async () => {
    const { out } = await run('scan', 'infra');
    const title = 'SSH and RDP are closed to the internet';
    expect(out).toContain(`infra/open.yaml:15:11: high, not met: ${title}`);
    // What blocks is at the end, where it is looked for.
    expect(out).toMatch(
      new RegExp(`cannot be told before the apply, .*: ${title}[^]*high, not met: ${title}`),
    );
    expect(out).toContain('2 templates: 1 would block, 0 advice, 1 decided at apply.');
  });

  test.each([
    ['nothing is found', ['closed'], 0],
    ['all that is found is decided later', ['infra/deep'], 0],
    ['a value is given that is right', ['infra/deep', '--parameters', 'closed.params.yaml'], 0],
    ['a finding would block', ['infra/open.yaml'], 1],
    ['a template cannot be read', ['broken'], 1],
    ['another pack is meant', ['infra/open.yaml', '--pack', 'strict'], 0],
  ])('where %s, it exits so', async (_, args, code) => {
    expect((await run('scan', ...args)).code).toBe(code);
  });

  test('a folder of policies is scanned with as a whole, whatever the settings say of others', async () => {
    const prod = {
      allow: ['no-public-remote-access', 'described'].map((policy) => ({
        policy,
        resource: 'Group',
        until: '2999-12-31',
        reason: 'Until the VPN is there',
        by: '@acme/security',
      })),
      'policy-parameters': { 'allowed-regions': { regions: ['eu-west-1'] } },
    };
    await mkdir(join(cwd, '.github'), { recursive: true });
    await write('.github/slipway.yml', JSON.stringify({ policies: ['strict'], environments: { prod } }));
    const described = {
      id: 'described',
      match: { types: ['AWS::EC2::SecurityGroup'] },
      deny: "after.GroupDescription == 'web'",
      message: 'It says nothing',
      examples: {
        pass: [{ type: 'AWS::EC2::SecurityGroup', properties: { GroupDescription: 'doors' } }],
        fail: [{ type: 'AWS::EC2::SecurityGroup', properties: { GroupDescription: 'web' } }],
      },
    };
    await mkdir(join(cwd, 'others/doors'), { recursive: true });
    await write('others/doors/described.yaml', policyText(described));
    try {
      const { code, out, err } = await run('scan', 'infra/open.yaml', '--directory', 'others');
      expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('error') });
      expect(out).toContain('medium, allowed until 2999-12-31, not met: ');
      expect(out).toContain('  @acme/security: Until the VPN is there');
      expect(out).toContain('1 template: 0 would block, 1 advice, 0 decided at apply.');
    } finally {
      await rm(join(cwd, '.github'), { recursive: true });
    }
  });

  test('is SARIF for code scanning', async () => {
    const { code, out } = await run('scan', 'infra/open.yaml', '--sarif');
    expect(code).toBe(1);
    const [{ results, tool }] = JSON.parse(out).runs;
    expect(results).toHaveLength(1);
    expect(results[0].locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'infra/open.yaml' },
      region: { startLine: 15, startColumn: 11 },
    });
    expect(tool.driver.rules[results[0].ruleIndex].id).toBe('no-public-remote-access');
  });

  test('scans for every environment of the settings, and tells what is alike once', async () => {
    await mkdir(join(cwd, '.github'), { recursive: true });
    await write(
      '.github/slipway.yml',
      'templates: ["environments/*.yaml", "infra/*.yaml"]\nenvironments: { dev: {}, prod: {} }\n',
    );
    try {
      const environments = async (...args: string[]) =>
        JSON.parse((await run('scan', ...args, '--json')).out).findings.map(
          (f: { environments: string[] }) => f.environments,
        );
      expect(await environments('environments')).toEqual([['dev']]);
      expect(await environments('environments', '--environment', 'prod')).toEqual([]);
      expect(await environments('infra/open.yaml')).toEqual([['dev', 'prod']]);
    } finally {
      await rm(join(cwd, '.github'), { recursive: true });
    }
  });
});

test('policy new writes a policy that keeps its own examples, and never over one', async () => {
  for (const type of ['AWS::EC2::Subnet', 'AWS::EC2::VPCGatewayAttachment']) {
    const id = `my-${type.toLowerCase().replaceAll('::', '-')}`;
    expect(await run('new', id, '--type', type, '--directory', 'policies')).toMatchObject({ code: 0 });
    expect(await run('test', id, '--directory', 'policies')).toMatchObject({
      code: 0,
      out: '2 passed, 0 failed\n',
    });
  }
  const again = await run('new', 'my-aws-ec2-subnet', '--type', 'AWS::EC2::VPC', '--directory', 'policies');
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('It is there already') });
  const found = await run('scan', 'infra/open.yaml', '--directory', 'policies', '--json');
  expect(JSON.parse(found.out).findings).toEqual([]);
});

test("the guide's policy is written, tested and in force", async () => {
  const guide = await readFile(new URL('../../policies/README.md', import.meta.url), 'utf8');
  const [, text] = /```yaml\n([\s\S]*?)```/.exec(guide)!;
  await mkdir(join(cwd, 'guide'));
  await write('guide/subnets-in-address-plan.yaml', text!);
  const directory = ['--directory', 'guide'];
  expect(await run('test', 'subnets-in-address-plan', ...directory)).toMatchObject({
    out: '2 passed, 0 failed\n',
  });
  await write(
    'infra/subnets.yaml',
    `Resources:
  Old: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.1.0.0/16 } }
  New: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.70.0.0/16 } }
  Right: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref New, CidrBlock: 10.70.1.0/24 } }
  Wrong:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Old
      CidrBlock: 10.1.1.0/24
`,
  );
  const { code, out } = await run('scan', 'infra/subnets.yaml', ...directory);
  expect(code).toBe(1);
  expect(out).toContain('infra/subnets.yaml:9:7: medium, not met: Subnets lie in the address plan');
  expect(out).toContain('10.1.1.0/24 is outside 10.64.0.0/12');
  expect(out).toContain('1 template: 1 would block, 0 advice, 0 decided at apply.');
  await rm(join(cwd, 'infra/subnets.yaml'));
});

test('policy show says all that a policy says', async () => {
  const { out } = await run('show', 'no-public-remote-access');
  for (const words of [
    'FSBP EC2.19',
    'SecurityGroupIngress[*]',
    "allowsPort(each, 'tcp', 22)",
    'Session Manager',
  ]) {
    expect(out).toContain(words);
  }
  const json = JSON.parse((await run('show', 'no-public-remote-access', '--json')).out);
  expect(json).toMatchObject({ id: 'no-public-remote-access', packs: expect.arrayContaining(['default']) });
  expect(json.message).toContain('${{');
});

test.each([
  [['show', 'no-publc-remote-access'], 'Did you mean no-public-remote-access?'],
  [['test', 'no-publc-remote-access'], 'Did you mean no-public-remote-access?'],
  [['list', '--pack', 'defualt'], 'Did you mean default?'],
  [['scan', 'infra', '--pack', 'defualt'], 'Did you mean default?'],
  [['scan', 'infra/opne.yaml'], 'Did you mean infra/open.yaml?'],
  [['scan', 'empty'], 'There is no template in empty'],
  [['scan', 'infra', '--json', '--sarif'], 'Give --json or --sarif, not both'],
  [['new', 'Mine'], "'Mine' cannot be the id of a policy"],
  [['new', '../mine'], "'../mine' cannot be the id of a policy"],
  [['new', 'mine', '--type', 'AWS::EC2::Subnt'], 'Did you mean AWS::EC2::Subnet?'],
  [['scna', 'infra'], 'Did you mean scan?'],
])('policy %j is told what is wrong', async (args, words) => {
  const { code, out, err } = await run(...args);
  expect(code).toBe(1);
  expect(out + err).toContain(words);
});
