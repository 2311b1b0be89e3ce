import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { backup } from '../../src/db/backup.ts';
import { openDatabase } from '../../src/db/database.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { createState } from '../../src/state/create-state.ts';
import { createServerDatabase } from '../db/databases.ts';
import { keysOf, makeKey } from '../db/keys.ts';
import { policyText } from '../policy/policy-text.ts';
import { describeWithServices } from '../services.ts';
import { runSlipway } from './run-slipway.ts';

const password = 'correct-horse-battery';

/** All of it is with a database that is encrypted. */
const encryptionKey = makeKey();

/** A network with a parameter from SSM and one that nobody may see. */
const shop = (subnet: string, more = '') => `
Parameters:
  Zone: { Type: AWS::SSM::Parameter::Value<String>, Default: /shop/zone }
  Size: { Type: Number, Default: 1 }
  Password: { Type: String, NoEcho: true, Default: ${password} }
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
      Tags: [{ Key: Owner, Value: shop-team }, { Key: Size, Value: !Ref Size }]
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: ${subnet}
      AvailabilityZone: !Ref Zone
      Tags: [{ Key: Owner, Value: shop-team }]
  Stored:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Value: !Ref Password }
  Token:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Value: '{{resolve:ssm-secure:/shop/token}}' }
${more}
Outputs:
  SubnetId: { Value: !Ref Subnet }
`;
const gateway = `  Gateway:
    Type: AWS::EC2::InternetGateway
    Properties: { Tags: [{ Key: Owner, Value: shop-team }] }`;

await describeWithServices('looking back at a stack', ['moto', 'postgres'], ({ moto, postgres }) => {
  let cwd: string;
  let stack: string;
  // Opened by every command: a server's is there at once.
  let environment: Record<string, string | undefined>;
  const run = (...args: string[]) => runSlipway(cwd, environment, ...args);
  const json = async (...args: string[]) => {
    const { out, err } = await run(...args, '--json');
    expect(err).toBe('');
    return JSON.parse(out);
  };
  const openEncrypted = () => openDatabase({ url: environment.DATABASE_URL!, keys: keysOf(encryptionKey) });
  const template = (text: string) => writeFile(join(cwd, 'infra/shop.yaml'), text);
  const apply = async () => {
    const applied = await json('apply', 'infra/shop.yaml', '--environment', 'dev', '--yes');
    expect(applied.status).toBe('succeeded');
    return (await json('state', 'history', stack))[0].id as string;
  };
  const physical = async (logicalId: string): Promise<string> =>
    (await json('state', 'show', stack)).resources.find(
      (r: { logicalId: string }) => r.logicalId === logicalId,
    ).physicalId;
  const aws = () => openAws({ region: 'eu-west-1' });
  const token = async (Value: string) =>
    (await aws().ssm()).putParameter({ Name: '/shop/token', Value, Type: 'SecureString', Overwrite: true });

  const zone = async (Value: string) =>
    (await aws().ssm()).putParameter({ Name: '/shop/zone', Value, Type: 'String', Overwrite: true });

  beforeAll(async () => {
    for (const [name, value] of Object.entries(moto.environment)) vi.stubEnv(name, value);
    environment = {
      ...moto.environment,
      DATABASE_URL: await createServerDatabase(postgres.url),
      SLIPWAY_ENCRYPTION_KEY: encryptionKey,
    };
    cwd = await mkdtemp(join(tmpdir(), 'slipway-look-'));
    stack = `local/${basename(cwd)}:infra/shop.yaml@dev`;
    await mkdir(join(cwd, 'infra'));
    await zone('eu-west-1a');
    await token('token-of-monday');
  });
  afterAll(() => void vi.unstubAllEnvs());
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  let first: string;
  let second: string;

  test('the history has a line for each run, and diff says what changed between two', async () => {
    await template(shop('10.1.1.0/24'));
    first = await apply();
    await template(shop('10.1.2.0/24', gateway));
    await writeFile(join(cwd, 'infra/shop.dev.params.yaml'), 'Size: 2\n');
    second = await apply();

    const history = await run('state', 'history', stack);
    const [newest, oldest] = history.out.trimEnd().split('\n');
    expect(newest).toMatch(new RegExp(`^${second}  .* UTC  apply  succeeded  \\+1 ~1 ±1 -0  by `));
    expect(oldest).toMatch(new RegExp(`^${first}  .* UTC  apply  succeeded  \\+4 ~0 ±0 -0  by `));

    const difference = await json('state', 'diff', stack, first, second);
    const changes = difference.changes.map(
      ({ logicalId, action, differences }: { logicalId: string; action: string; differences: object[] }) => [
        logicalId,
        action,
        differences,
      ],
    );
    const size = (Value: number) => [
      { Key: 'Owner', Value: 'shop-team' },
      { Key: 'Size', Value: String(Value) },
    ];
    expect(changes).toEqual([
      ['Gateway', 'create', []],
      [
        'Subnet',
        'update',
        [{ path: 'CidrBlock', before: '10.1.1.0/24', after: '10.1.2.0/24', replaces: false }],
      ],
      ['Vpc', 'update', [{ path: 'Tags', before: size(1), after: size(2), replaces: false }]],
    ]);
    // Back the other way, and with what is there now.
    const text = await run('state', 'diff', stack, first);
    expect(text.out).toContain(`from ${first}`);
    expect(text.out).toContain('+ CidrBlock: 10.1.2.0/24');
    expect((await run('state', 'diff', stack, second)).out).toContain('No property differs.');
  });

  test('a misspelt stack or run is answered with the one that is meant', async () => {
    for (const args of [
      ['state', 'history', stack.replace('@dev', '@dew')],
      ['state', 'diff', stack.replace('@dev', '@dew'), first],
      ['drift', stack.replace('@dev', '@dew')],
      ['rollback', stack.replace('@dev', '@dew'), '--yes'],
      ['destroy', '--stack', stack.replace('@dev', '@dew'), '--yes'],
    ]) {
      const { code, err } = await run(...args);
      expect(err).toContain(`Did you mean ${stack}?`);
      expect(code).toBe(1);
    }
    for (const args of [
      ['drift', 'infra/shop.yaml'],
      ['state', 'show', 'infra/shop.yaml'],
      ['state', 'history', 'infra/shop.yaml'],
      ['state', 'diff', 'infra/shop.yaml', first],
      ['rollback', 'infra/shop.yaml', '--yes'],
      ['destroy', 'infra/shop.yaml', '--yes'],
    ]) {
      const { code, err } = await run(...args, '--environment', 'dew');
      expect(err).toContain(`There is no stack ${stack.replace('@dev', '@dew')}`);
      expect(err).toContain('This template has stacks in dev.');
      expect(err).toContain('Did you mean --environment dev?');
      expect(code).toBe(1);
    }
    const wrong = `${first.slice(0, -1)}_`;
    for (const args of [
      ['state', 'diff', stack, wrong],
      ['rollback', stack, '--to', wrong, '--yes'],
    ]) {
      expect((await run(...args)).err).toMatch(new RegExp(`Did you mean (${first}|${second})\\?`));
    }
  });

  test('no drift is no drift, and what somebody changed is told by property; nothing is written', async () => {
    const calm = await run('drift', stack, '--detailed-exitcode');
    expect(calm).toMatchObject({ code: 0, err: '' });
    expect(calm.out).toContain('No drift: 5 resources as recorded.');

    const ec2 = await aws().ec2();
    const vpc = await physical('Vpc');
    const gone = await physical('Gateway');
    await ec2.createTags({ Resources: [vpc], Tags: [{ Key: 'Size', Value: '99' }] });
    await ec2.deleteInternetGateway({ InternetGatewayId: gone });
    const before = await json('state', 'show', stack);

    const drifted = await run('drift', 'infra/shop.yaml', '--environment', 'dev', '--detailed-exitcode');
    expect(drifted.code).toBe(2);
    expect(drifted.out).toContain(`gone     Gateway  AWS::EC2::InternetGateway  ${gone}`);
    expect(drifted.out).toContain(`changed  Vpc  AWS::EC2::VPC  ${vpc}`);
    expect(drifted.out).toMatch(/- {3}Size: "2"\n +\+ {3}Size: "99"/);
    expect(drifted.out).toContain('Drift: 2 of 5 resources.');
    expect((await run('drift', stack)).code).toBe(0);

    // The very drift that a plan shows.
    const plan = (await json('plan', 'infra/shop.yaml', '--environment', 'dev')).plan;
    const [inPlan] = plan.changes.filter((c: { drift: object[] }) => c.drift.length > 0);
    const [all] = await json('drift', '--all');
    expect(all).toMatchObject({ stack, checked: 5, unsettled: false });
    expect(all.drifted).toMatchObject([
      { logicalId: 'Gateway', vanished: true, differences: [] },
      {
        logicalId: 'Vpc',
        vanished: false,
        differences: inPlan.drift.map(({ path, before, after }: Record<string, unknown>) => ({
          path,
          before,
          after,
        })),
      },
    ]);
    expect(await json('state', 'show', stack)).toEqual(before);
    expect(await json('state', 'history', stack)).toHaveLength(2);
  });

  describe('what runs', () => {
    const vpcs = { match: { types: ['AWS::EC2::VPC'] } };
    const subnets = { match: { types: ['AWS::EC2::Subnet'] } };
    const policy = async (path: string, changes: Parameters<typeof policyText>[0]) => {
      await mkdir(join(cwd, 'own'), { recursive: true });
      const example = (properties: object) => [
        { type: changes!.match === vpcs.match ? 'AWS::EC2::VPC' : 'AWS::EC2::Subnet', properties },
      ];
      const failing = { CidrBlock: '10.1.1.0/24', Tags: [{ Key: 'Size', Value: '99' }] };
      const examples = { pass: example({}), fail: example(failing) };
      await writeFile(join(cwd, path), policyText({ examples, ...changes }));
    };
    const withPolicies = (...args: string[]) =>
      runSlipway(cwd, { ...environment, SLIPWAY_POLICIES: join(cwd, 'own') }, 'policy', ...args);

    beforeAll(() =>
      policy('own/no-size-99.yaml', {
        ...vpcs,
        id: 'no-size-99',
        title: 'Nothing has the size 99',
        foreach: 'Tags[*]',
        deny: "each.Key == 'Size' && each.Value == '99'",
        message: 'It has the size ${{ each.Value }}',
      }),
    );

    test('is held against the policies in force, with the line and who changed it', async () => {
      const { code, out, err } = await withPolicies('compliance');
      expect({ code, err }).toEqual({ code: 1, err: '' });
      expect(out).toContain('infra/shop.yaml:11:7: medium, not met: Nothing has the size 99 (no-size-99)');
      expect(out).toContain('Vpc: It has the size 99');
      expect(out).toContain('Changed outside Slipway');
      expect(out).toContain(`${stack}: 1 resource is recorded and not there any more: Gateway.`);
      expect(out).toContain('1 stack, 4 running resources: 1 finding (1 medium), 0 advice, 0 allowed.');
      const [scanned] = JSON.parse((await withPolicies('compliance', '--json')).out).stacks;
      expect(scanned).toMatchObject({ stack, checked: 4, findings: [{ outside: true }] });
      const { runs } = JSON.parse((await withPolicies('compliance', '--stack', stack, '--sarif')).out);
      expect(runs[0].results).toMatchObject([{ ruleId: 'no-size-99', kind: 'fail' }]);
      expect(out + JSON.stringify([scanned, runs])).not.toMatch(/correct-horse|token-of/);
    });

    test('where nothing stands against it, that is no error', async () => {
      const { code, out } = await runSlipway(cwd, environment, 'policy', 'compliance');
      expect(out).toContain('no finding');
      expect(code).toBe(0);
    });

    test('and what was planned before is what a policy that is not in force would have stopped', async () => {
      await policy('narrow.yaml', {
        ...subnets,
        id: 'narrow',
        deny: "after.CidrBlock == '10.1.1.0/24'",
        message: 'It is ${{ after.CidrBlock }}',
        property: 'CidrBlock',
      });
      const { code, out } = await withPolicies('impact', 'narrow.yaml');
      expect(out).toContain('It would stop nothing that runs, and would have stopped 1 of 2 recorded runs.');
      expect(out).toMatch(
        new RegExp(`\\(run ${first}\\)\\n +infra/shop.yaml:\\d+:\\d+: Subnet: It is 10.1.1.0/24`),
      );
      expect(code).toBe(1);
      const today = await withPolicies('impact', 'narrow.yaml', '--stack', stack, '--runs', '0');
      expect(today).toMatchObject({ code: 0, out: expect.stringContaining('none of 0 recorded runs') });
    });

    test('from another repository its settings and files are not at hand, which is said', async () => {
      const elsewhere = await mkdtemp(join(tmpdir(), 'slipway-elsewhere-'));
      try {
        await mkdir(join(elsewhere, '.git'));
        const there = (...args: string[]) => runSlipway(elsewhere, environment, 'policy', ...args);
        expect(await there('compliance')).toEqual({
          code: 0,
          err: '',
          out: '1 stack of other repositories left out: their settings say what holds there.\n',
        });
        const { code, out } = await there('impact', join(cwd, 'own/no-size-99.yaml'), '--runs', '0');
        expect(code).toBe(1);
        expect(out).toContain(`${stack}: medium, not met: Nothing has the size 99`);
        expect(out).toContain('1 stack of other repositories: their settings');
      } finally {
        await rm(elsewhere, { recursive: true });
      }
    });

    test('a policy that is changed says how much of it is found already', async () => {
      await policy('no-size-99.yaml', {
        ...vpcs,
        id: 'no-size-99',
        foreach: 'Tags[*]',
        deny: "each.Key == 'Size'",
        message: 'x',
      });
      const { out, code } = await withPolicies('impact', 'no-size-99.yaml', '--json');
      expect(JSON.parse(out).stacks).toMatchObject([{ wouldStop: 1, already: 1, runs: [{}, {}] }]);
      expect(code).toBe(1);
    });

    test('a policy about deeds, or that is advice, stops nothing that runs', async () => {
      await policy('kept.yaml', {
        id: 'kept',
        match: { types: ['AWS::EC2::Subnet'], actions: ['delete'] },
        deny: 'true',
        message: 'x',
        examples: {
          pass: [{ type: 'AWS::EC2::Subnet', properties: {}, action: 'create' }],
          fail: [{ type: 'AWS::EC2::Subnet', properties: {}, action: 'delete' }],
        },
      });
      const deed = await withPolicies('impact', 'kept.yaml');
      expect(deed).toMatchObject({ code: 0, out: expect.stringContaining('It is about what a plan does') });
      await policy('advice.yaml', {
        ...subnets,
        id: 'advice',
        enforcement: 'advisory',
        deny: 'after.CidrBlock != null',
        message: 'x',
      });
      const advice = await withPolicies('impact', 'advice.yaml');
      expect(advice).toMatchObject({
        code: 0,
        out: expect.stringContaining('It is advisory: it tells, and stops nothing.'),
      });
      expect(advice.out).toContain('It would tell of 1 place.');
    });

    test.each([
      [['impact', 'no-sise-99'], 'Did you mean no-size-99?'],
      [['impact', 'narow.yaml'], 'Did you mean narrow.yaml?'],
      [['impact', 'infra/shop.yaml'], 'infra/shop.yaml:11:68: error: The file is not plain YAML'],
      [['impact', 'no-size-99', '--runs', 'all'], '--runs takes a whole number'],
      [['compliance', '--json', '--sarif'], 'Give --json or --sarif, not both'],
      [['complaince'], 'Did you mean compliance?'],
    ])('policy %j is told what is wrong', async (args, words) => {
      const { code, out, err } = await withPolicies(...args);
      expect(code).toBe(1);
      expect(out + err).toContain(words);
    });
  });

  test('a run that was cut short is told of, and is not finished by looking', async () => {
    const database = await openEncrypted();
    try {
      const state = createState(database, systemClock);
      const lock = (await state.lock(stack, 'a process that died', 1))!;
      const { version: _, ...last } = (await state.run(second))!;
      await state.beginRun(
        { ...last, id: 'run-cut', status: 'running', startedAt: '2099-01-01T00:00:00.000Z' },
        lock,
      );
      expect((await run('drift', stack)).out).toContain('A run is going on or was cut short');
      expect((await json('drift', stack)).unsettled).toBe(true);
      const shown = await run('rollback', stack, '--to', first);
      expect(shown.err).toContain('The run run-cut, which was cut short, is finished before it.');
      expect((await run('rollback', stack, '--to', 'run-cut', '--yes')).err).toContain('has not ended');
      expect((await state.unfinishedRun(stack))?.id).toBe('run-cut');
      await sql`delete from run where id = 'run-cut'`.execute(database.kysely);
    } finally {
      await database.close();
    }
  });

  test('a rollback shows what it would do, does nothing without --yes, and is a run like any other', async () => {
    // The image, or here the zone, that the parameter names is another one by now.
    const ssm = await aws().ssm();
    await ssm.putParameter({ Name: '/shop/zone', Value: 'eu-west-1b', Type: 'String', Overwrite: true });

    const shown = await run('rollback', stack);
    expect(shown.code).toBe(1);
    expect(shown.err).toContain('then give --yes');
    expect(shown.out).toContain(`Back to ${first} of `);
    expect(shown.out).toContain('- CidrBlock: 10.1.2.0/24');
    expect(shown.out).not.toContain('eu-west-1b');
    expect(shown.out).toMatch(/- {3}Size: "99"\n +\+ {3}Size: "1"/);
    expect(await json('state', 'history', stack)).toHaveLength(2);

    const done = await run('rollback', stack, '--yes');
    expect(done.out).toContain('Applied:');
    expect(done.err).toContain('undoes the rollback');
    expect(done.code).toBe(0);
    const [last] = await json('state', 'history', stack);
    expect(last).toMatchObject({
      kind: 'apply',
      status: 'succeeded',
      kept: true,
      cause: { rollbackTo: first },
    });
    expect((await run('state', 'diff', stack, first)).out).toContain('No property differs.');
    expect((await run('drift', stack, '--detailed-exitcode')).code).toBe(0);
    const ec2 = await aws().ec2();
    const { Subnets } = await ec2.describeSubnets({ SubnetIds: [await physical('Subnet')] });
    expect(Subnets).toMatchObject([{ CidrBlock: '10.1.1.0/24', AvailabilityZone: 'eu-west-1a' }]);
    // Back again: the version before is now the second.
    expect((await run('rollback', stack)).out).toContain(`Back to ${second} of `);
  });

  test('a secret is not kept: it comes from the files of today, or the rollback is refused', async () => {
    const database = await openEncrypted();
    try {
      const kept = (await createState(database, systemClock).run(first))?.version;
      expect(kept?.secretParameters).toEqual(['Password']);
      expect(kept?.text).toContain('NoEcho: true, Default: "secret-not-kept"');
      const { rows } = await sql<{ text: string }>`select row_to_json(run)::text as text from run`.execute(
        database.kysely,
      );
      expect(rows).toHaveLength(3);
      for (const { text } of rows) expect(text).not.toMatch(/correct-horse|token-of/);
      // Nor is anything else of the template, or of what was made of it, to be read in any table.
      const lines: string[] = [];
      for await (const line of backup(database, new Date())) lines.push(line);
      expect(lines.join('')).toContain('AWS::EC2::Subnet');
      expect(lines.join('')).not.toMatch(/10\.1\.1\.0|shop-team|eu-west-1a|NoEcho/);
    } finally {
      await database.close();
    }

    await rm(join(cwd, 'infra/shop.yaml'));
    const refused = await run('rollback', stack, '--yes');
    expect(refused.err).toContain('rollback-impossible');
    expect(refused.err).toContain('needs Password, which is secret and was not kept');
    expect(refused.code).toBe(1);
    await writeFile(join(cwd, 'today.yaml'), `Password: ${password}-2\nSize: 77\n`);
    const planned = await run('rollback', stack, '--parameters', 'today.yaml');
    expect(planned.out).toContain('Value: (secret, changed)');
    expect(planned.out).toContain('unchanged: Token');
    // A reference to a secret is kept, and gives what is there now.
    await token('token-of-friday');
    const again = await run('rollback', stack, '--parameters', 'today.yaml');
    expect(again.out).toMatch(/update +Token +AWS::SSM::Parameter.*\n +~ Value: \(secret, changed\)/);
    expect(again.out).not.toContain('token-of');
    expect(planned.out).not.toContain('77');
    expect(planned.out).not.toContain(password);
  });

  test('what was renamed since is renamed back, and nothing is made anew', async () => {
    const vpc = await physical('Vpc');
    const renamed = shop('10.1.1.0/24')
      .replaceAll('!Ref Vpc', '!Ref Network')
      .replace('  Vpc:\n', '  Network:\n    Metadata: { Slipway: { RenamedFrom: Vpc } }\n');
    await template(renamed);
    const ssm = await aws().ssm();
    await ssm.putParameter({ Name: '/shop/zone', Value: 'eu-west-1a', Type: 'String', Overwrite: true });
    await apply();
    expect(await physical('Network')).toBe(vpc);
    const difference = await run('state', 'diff', stack, first);
    expect(difference.out).toMatch(/update +Network +AWS::EC2::VPC +moved from Vpc/);
    await writeFile(join(cwd, 'secrets.yaml'), `Password: ${password}\n`);
    const back = await run('rollback', stack, '--to', first, '--parameters', 'secrets.yaml');
    expect(back.out).toMatch(/update +Vpc +AWS::EC2::VPC +vpc-\w+, moved from Network/);
    expect(back.out).not.toMatch(/create|delete|replace/);
    expect((await run('rollback', stack, '--to', first, '--parameters', 'secrets.yaml', '--yes')).code).toBe(
      0,
    );
    expect(await physical('Vpc')).toBe(vpc);
  });

  test('what a run asked Vault is shown by the ids that Vault has it by, and what it handed over', async () => {
    const database = await openEncrypted();
    const state = createState(database, systemClock);
    const at = '2026-01-01T10:00:00.000Z';
    const leased = { lease: 'aws/creds/shop/9fQ2', accessor: 'ZzTop' };
    await state.noteVaultUses(first, stack, [
      { method: 'GET', path: 'secret/data/shop', request: '0b1c7d3e', at },
      { method: 'GET', path: 'aws/creds/shop', request: '77aa01f2', ...leased, at },
    ]);
    const lock = (await state.lock(stack, 'this test', 60_000))!;
    const handed = { output: 'SubnetId', place: 'variable:acme/shop:SHOP_SUBNET:shop', run: first };
    await state.beginHandOver({ ...handed, fingerprint: 'plain' }, lock);
    await state.endHandOver(handed, lock);

    const { out } = await run('audit', 'run', first);
    expect(out).toMatch(/^[^\n]+begun +\S+:infra\/shop\.yaml@dev, apply, digest/);
    expect(out).toMatch(/2026-01-01 10:00 UTC +vault +GET secret\/data\/shop +request 0b1c7d3e\n/);
    expect(out).toMatch(/request 77aa01f2, lease aws\/creds\/shop\/9fQ2, token ZzTop\n/);
    expect(out).toMatch(/gave +SubnetId to variable:acme\/shop:SHOP_SUBNET:shop/);
    expect((await json('audit', 'run', first)).map((e: { event: string }) => e.event)).toContain(
      'vault-used',
    );
    expect((await run('audit', 'run', 'run-of-nobody')).err).toContain('no run run-of-nobody');
    const listed = /SubnetId +the variable SHOP_SUBNET of the GitHub environment shop +given +20/;
    expect((await run('hand-over', 'list', stack)).out).toMatch(listed);
    expect((await run('hand-over', 'unopened', stack, 'SubnetId')).err).toContain('no wrapped output');

    await state.removeHandOver(handed, lock);
    await state.unlock(lock);
    await database.close();
  });

  test('a backup makes the same of another database, where nothing is left to do', async () => {
    await template(shop('10.1.1.0/24'));
    const args = ['infra/shop.yaml', '--environment', 'dev', '--parameters', 'secrets.yaml'];
    expect((await run('apply', ...args, '--yes')).code).toBe(0);
    expect(await run('backup', 'shop.backup')).toMatchObject({ code: 0, out: 'Backed up to shop.backup.\n' });
    const other = { ...environment, DATABASE_URL: await createServerDatabase(postgres.url) };
    const restored = await runSlipway(cwd, other, 'restore', 'shop.backup');
    expect(restored.out).toMatch(/^Restored \d+ rows from shop.backup\./);
    const plan = await runSlipway(cwd, other, 'plan', ...args, '--detailed-exitcode');
    expect([plan.code, plan.err]).toEqual([0, '']);
    expect((await runSlipway(cwd, other, 'audit', 'verify')).out).toContain('Whole');
    expect((await runSlipway(cwd, other, 'restore', 'shop.backup')).err).toContain('is not empty');
    await writeFile(join(cwd, 'half.backup'), (await readFile(join(cwd, 'shop.backup'))).subarray(0, 500));
    const fresh = { ...environment, DATABASE_URL: await createServerDatabase(postgres.url) };
    expect((await runSlipway(cwd, fresh, 'restore', 'half.backup')).err).toContain('not a whole backup');
  });

  test('what was never reached, or deleted everything, is not gone back to', async () => {
    const database = await openEncrypted();
    await sql`update run set version = null where id = ${first}`.execute(database.kysely);
    await database.close();
    expect((await run('rollback', stack, '--to', first, '--yes')).err).toContain('was not kept');
    await template(shop('10.1.1.0/24'));
    await run('destroy', '--stack', stack, '--yes');
    const [destroyed] = await json('state', 'history', stack);
    expect(destroyed.kind).toBe('destroy');
    expect((await run('rollback', stack, '--to', destroyed.id)).err).toContain('deleted the stack');
    // What is left of a destroyed stack is its history, which makes it anew.
    expect((await run('rollback', stack, '--to', second)).out).toContain('Plan: 5 to create.');

    // Only the cloud knows that there is no such zone.
    await zone('eu-west-1z');
    await run('apply', 'infra/shop.yaml', '--environment', 'dev', '--yes');
    const [failed] = await json('state', 'history', stack);
    expect(failed.status).toBe('failed');
    expect((await run('rollback', stack, '--to', failed.id)).err).toContain('there was never such a state');
    // After a failure, the last good version is meant.
    expect((await run('rollback', stack)).out).toMatch(/^Back to run-/);
  });
});
