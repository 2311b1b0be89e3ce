import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { commands } from '../../src/cli/commands/registry.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { createServerDatabase } from '../db/databases.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { runSlipway } from './run-slipway.ts';

const network = `
Parameters:
  Cidr: { Type: String, Default: 10.1.0.0/16 }
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: !Ref Cidr, Tags: [{ Key: Owner, Value: shop-team }] }
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24, Tags: [{ Key: Owner, Value: shop-team }] }
Outputs:
  VpcId: { Value: !Ref Vpc }
`;

const open = `
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: open
      SecurityGroupIngress: [{ IpProtocol: "-1", CidrIp: 0.0.0.0/0 }]
      Tags: [{ Key: Owner, Value: shop-team }]
`;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  await mkdir(join(cwd, 'infra'));
  await writeFile(join(cwd, 'infra/shop.yaml'), network);
  await writeFile(
    join(cwd, 'infra/broken.yaml'),
    network.replace('CidrBlock: !Ref Cidr', 'CidrBlok: !Ref Cider'),
  );
  await writeFile(join(cwd, 'infra/open.yaml'), open);
});
afterAll(() => void vi.unstubAllEnvs());
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe('slipway', () => {
  test.each(Object.keys(commands))('%s --help shows what it does, with an example', async (name) => {
    const verb = commands[name]!;
    const subcommands = 'verbs' in verb ? Object.keys(verb.verbs) : [[]];
    for (const words of subcommands) {
      const { code, out } = await runSlipway(cwd, {}, name, ...[words].flat(), '--help');
      expect(code).toBe(0);
      expect(out).toMatch(/\$ .*slipway/);
    }
  });

  test.each([
    [['plna'], 'Did you mean plan?'],
    [['plan', 'infra/shop.yaml', '--enviroment', 'dev'], 'Did you mean --environment?'],
    [['apply'], 'Give a template or --plan'],
    [['apply', 'infra/shop.yaml', '--plan', 'plan.json'], 'not both'],
    [['destroy'], 'Give a template or --stack'],
    [['plan', 'infra/nowhere.yaml', '--region', 'eu-west-1'], 'There is no file infra/nowhere.yaml'],
    [['validate', 'infra/nowhere.yaml'], 'There is no file infra/nowhere.yaml'],
    [['state', 'show', 'acme/shop:infra/shop.yaml@dev'], 'There is no stack'],
    [['policy', 'list', '--directory', 'nowhere'], 'Cannot read the folder of policies nowhere'],
  ])('%j is told what is wrong, and exits with 1', async (args, words) => {
    const { code, err } = await runSlipway(cwd, {}, ...args);
    expect(err).toContain(words);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });

  test('validate says what is wrong on which line, as text and as JSON', async () => {
    const text = await runSlipway(cwd, {}, 'validate', 'infra/broken.yaml');
    expect(text.code).toBe(1);
    expect(text.err).toContain('infra/broken.yaml:7:');
    expect(text.err).toContain('Did you mean CidrBlock?');
    expect(text.err).toContain('Did you mean Cidr?');
    const json = await runSlipway(cwd, {}, 'validate', 'infra/broken.yaml', '--json');
    expect(json.code).toBe(1);
    const { valid, diagnostics } = JSON.parse(json.out);
    expect(valid).toBe(false);
    expect(diagnostics[0].where).toMatchObject({ file: 'infra/broken.yaml', line: 7 });
  });

  test('validate is content with what is valid', async () => {
    expect(await runSlipway(cwd, {}, 'validate', 'infra/shop.yaml')).toMatchObject({ code: 0, err: '' });
  });

  test('graph draws a template in three ways, and none that is not valid', async () => {
    const drawn = (...args: string[]) => runSlipway(cwd, {}, 'graph', 'infra/shop.yaml', ...args);
    expect((await drawn()).out).toContain('n1 --> n0');
    expect((await drawn('--format', 'dot')).out).toContain('n1 -> n0');
    expect((await drawn('--format', 'svg')).out).toMatch(/^<svg [\s\S]*>Subnet<[\s\S]*<\/svg>\n$/);
    expect((await drawn('--format', 'png')).err).toContain('mermaid, dot, svg');
    const broken = await runSlipway(cwd, {}, 'graph', 'infra/broken.yaml');
    expect(broken).toMatchObject({ code: 1, out: '' });
    expect(broken.err).toContain('Did you mean CidrBlock?');
  });

  test('policy test runs the examples of every shipped policy', async () => {
    const { code, out } = await runSlipway(cwd, {}, 'policy', 'test');
    expect(code).toBe(0);
    expect(out).toMatch(/^[1-9]\d* passed, 0 failed$/m);
  });

  test('a policy whose example does not hold fails policy test', async () => {
    const shipped = await readFile(
      new URL('../../policies/default/s3-no-public-acl.yaml', import.meta.url),
      'utf8',
    );
    await mkdir(join(cwd, 'policies'));
    await writeFile(join(cwd, 'policies/never.yaml'), shipped.replace(/^deny: .*$/m, 'deny: "false"'));
    const { code, err } = await runSlipway(cwd, {}, 'policy', 'test', '--directory', join(cwd, 'policies'));
    expect(code).toBe(1);
    expect(err).toContain('fail example 1');
  });
});

await describeWithServices('slipway against a cloud', ['moto', 'postgres'], ({ moto, postgres }) => {
  // Opened by every command: a server's is there at once.
  let environment: Record<string, string | undefined>;
  const run = (...args: string[]) => runSlipway(cwd, environment, ...args);
  const stack = () => `local/${cwd.split('/').at(-1)}:infra/shop.yaml@dev`;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(moto.environment)) vi.stubEnv(name, value);
    environment = { ...moto.environment, DATABASE_URL: await createServerDatabase(postgres.url) };
  });

  test('a plan without a region asks for one', async () => {
    const { DATABASE_URL } = environment;
    const { code, err } = await runSlipway(cwd, { DATABASE_URL }, 'plan', 'infra/shop.yaml');
    expect(err).toContain('No region was named for the environment default');
    expect(code).toBe(1);
  });

  test('plan, apply, plan again, a stale plan, state, destroy: as the help says', async () => {
    const planned = await run(
      'plan',
      'infra/shop.yaml',
      '--environment',
      'dev',
      '--out',
      'plan.json',
      '--detailed-exitcode',
    );
    expect(planned.err).toBe('');
    expect(planned.out).toContain('Plan: 2 to create.');
    expect(planned.code).toBe(2);

    const coloured = await run('graph', 'infra/shop.yaml', '--plan', 'plan.json');
    expect(coloured.out).toContain('n1["Vpc (create)');
    expect((await run('graph', 'infra/open.yaml', '--plan', 'plan.json')).err).toContain(
      'plan.json is a plan of infra/shop.yaml, not of infra/open.yaml',
    );

    const unconfirmed = await run('apply', 'infra/shop.yaml', '--environment', 'dev');
    expect(unconfirmed).toMatchObject({ code: 1 });
    expect(unconfirmed.err).toContain('then give --yes');

    const applied = await run('apply', '--plan', 'plan.json');
    expect(applied.out).toContain('Applied: 2 created.');
    expect(applied.out).toMatch(/VpcId = vpc-\w+/);
    expect(applied.code).toBe(0);

    const stale = await run('apply', '--plan', 'plan.json');
    expect(stale.err).toContain('plan-stale');
    expect(stale.code).toBe(1);

    const again = await run('plan', 'infra/shop.yaml', '--environment', 'dev', '--detailed-exitcode');
    expect(again.out).toContain('Nothing to change');
    expect(again.code).toBe(0);

    const shown = await run('state', 'show', stack());
    expect(shown.out).toMatch(/^ {2}Vpc {5}AWS::EC2::VPC {5}vpc-\w+\n {2}VpcId {2}= vpc-/m);
    const listed = await run('state', 'list', '--json');
    expect(JSON.parse(listed.out)).toMatchObject([{ id: stack(), status: 'applied' }]);
    const misspelt = await run('destroy', '--stack', stack().replace('@dev', '@dew'));
    expect(misspelt.err).toContain(`Did you mean ${stack()}?`);

    const destroyed = await run('destroy', '--stack', stack(), '--yes', '--json');
    expect(JSON.parse(destroyed.out)).toMatchObject({
      status: 'succeeded',
      done: ['delete Subnet', 'delete Vpc'],
    });
    expect(destroyed.code).toBe(0);
  });

  test('a template that was renamed: its stack is found under the old path, moved, and found under the new one', async () => {
    const at = (path: string) => [path, '--environment', 'dev'] as const;
    const id = stack().replace('shop.yaml', 'old.yaml');
    await writeFile(join(cwd, 'infra/old.yaml'), network);
    expect((await run('apply', ...at('infra/old.yaml'), '--yes')).code).toBe(0);
    await rename(join(cwd, 'infra/old.yaml'), join(cwd, 'infra/new.yaml'));

    const unsaid = await run('plan', ...at('infra/new.yaml'));
    expect(unsaid.out).toContain('Plan: 2 to create.');
    expect(unsaid.err).toContain('give --moved-from infra/old.yaml');
    const wrong = await run('plan', ...at('infra/new.yaml'), '--moved-from', 'infra/none.yaml');
    expect(wrong.err).toContain('There is no stack of infra/none.yaml in dev');

    const moved = ['--moved-from', 'infra/old.yaml'] as const;
    const planned = await run('plan', ...at('infra/new.yaml'), ...moved, '--out', 'move.json');
    expect(planned.out).toContain('template moved from infra/old.yaml');
    expect(planned.out).toContain('Plan: the template moves, nothing else changes.');
    const applied = await run('apply', '--plan', 'move.json');
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('Applied: template moved.') });

    const again = await run('plan', ...at('infra/new.yaml'), '--detailed-exitcode');
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to change') });
    expect((await run('state', 'show', ...at('infra/old.yaml'))).err).toContain('Name infra/new.yaml.');
    expect((await run('state', 'show', ...at('infra/new.yaml'))).out).toContain(`${id}  applied`);
    expect((await run('state', 'list')).out).toContain(`${id}  template now infra/new.yaml`);
    expect((await run('drift', ...at('infra/new.yaml'))).code).toBe(0);
    expect((await run('destroy', ...at('infra/new.yaml'), '--yes')).code).toBe(0);
  });

  test('a plan file that somebody edited is refused', async () => {
    await run('plan', 'infra/shop.yaml', '--environment', 'dev', '--out', 'edited.json');
    const saved = JSON.parse(await readFile(join(cwd, 'edited.json'), 'utf8'));
    saved.plan.digest = 'f'.repeat(64);
    await writeFile(join(cwd, 'edited.json'), JSON.stringify(saved));
    expect((await run('apply', '--plan', 'edited.json')).err).toContain('plan-stale');
    await writeFile(join(cwd, 'edited.json'), '{"format": 2}');
    expect((await run('apply', '--plan', 'edited.json')).err).toContain('plan-file');
  });

  test('a parameter file of the environment is found by itself, and a misspelt parameter is told', async () => {
    await writeFile(join(cwd, 'infra/shop.test.params.yaml'), 'Cidr: 10.1.0.0/20\n');
    const planned = await run('plan', 'infra/shop.yaml', '--environment', 'test');
    expect(planned.out).toContain('CidrBlock: 10.1.0.0/20');
    await writeFile(join(cwd, 'infra/shop.test.params.yaml'), 'Cidre: 10.1.0.0/20\n');
    const misspelt = await run('plan', 'infra/shop.yaml', '--environment', 'test');
    expect(misspelt.err).toContain('infra/shop.test.params.yaml:1:8');
    expect(misspelt.err).toContain('Did you mean Cidr?');
    expect(misspelt.code).toBe(1);
  });

  test('what a policy forbids is not applied', async () => {
    const refused = await run('apply', 'infra/open.yaml', '--environment', 'dev', '--yes');
    expect(refused.err).toContain('apply-refused');
    expect(refused.out).toContain('infra/open.yaml:7:');
    expect(refused.code).toBe(1);
  });

  test('import takes over one thing that exists and leaves the rest of the stack alone', async () => {
    const aws = openAws(awsClientConfig(moto));
    const ec2 = await aws.ec2();
    const { Vpc } = await ec2.createVpc({ CidrBlock: '10.1.0.0/16' });
    const importing = (id: string, ...more: string[]) =>
      run('import', 'infra/shop.yaml', id, Vpc!.VpcId!, '--environment', 'taken', ...more);
    expect((await importing('Vcp')).err).toContain('Did you mean Vpc?');
    const unconfirmed = await importing('Vpc');
    expect(unconfirmed.err).toContain('then give --yes');
    expect(unconfirmed.out).toMatch(/» {3}import +Vpc +AWS::EC2::VPC +vpc-\w+/);

    const imported = await importing('Vpc', '--yes', '--json');
    expect(JSON.parse(imported.out)).toMatchObject({
      status: 'succeeded',
      done: ['import Vpc', 'update Vpc'],
    });
    const planned = await run('plan', 'infra/shop.yaml', '--environment', 'taken');
    expect(planned.out).toContain('Plan: 1 to create.');
    expect((await run('destroy', 'infra/shop.yaml', '--environment', 'taken', '--yes')).code).toBe(0);
    expect((await ec2.describeVpcs({ Filters: [{ Name: 'vpc-id', Values: [Vpc!.VpcId!] }] })).Vpcs).toEqual(
      [],
    );
    aws.destroy();
  });
});
