/** Which folder, which stack, which environment is meant; and what is said to whoever means another. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findProject, repositoryPath, whereStateIs } from '../../src/cli/project.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';
import { runAnswered, runSlipway } from './run-slipway.ts';

const network = `
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.1.0.0/16, Tags: [{ Key: Owner, Value: shop-team }] }
`;

let top: string;
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'slipway-finding-'));
});
afterAll(() => void vi.unstubAllEnvs());
afterAll(() => rm(top, { recursive: true, force: true }));

describe('the folder of the application', () => {
  beforeAll(async () => {
    for (const folder of [
      'state/.slipway/db',
      'state/infra/deep',
      'state/clone/.git',
      'state/clone/infra',
      'settings/.github',
      'settings/infra',
      'bare/infra',
      'server/.slipway/data',
    ])
      await mkdir(join(top, folder), { recursive: true });
    await writeFile(join(top, 'settings/.github/slipway.yml'), 'environments: { dev: {} }\n');
  });

  test.each([
    ['state', 'state', true],
    ['state/infra/deep', 'state', true],
    // What is above a repository belongs to another one.
    ['state/clone/infra', 'state/clone', false],
    ['settings/infra', 'settings', false],
    ['bare/infra', 'bare/infra', false],
    // A server's own, which is none of a command's.
    ['server', 'server', false],
  ])('%s belongs to %s', (cwd, root, hasState) => {
    expect(findProject({ cwd: join(top, cwd) })).toMatchObject({ root: join(top, root), hasState });
  });

  test('where its state is can be said from below', () => {
    const terminal = { cwd: join(top, 'state/infra/deep'), env: {} };
    expect(whereStateIs(terminal)).toBe(`The state is in ${join(top, 'state/.slipway')}.`);
  });

  test.each([
    ['bare/infra', /bare\/infra has no folder \.slipway, and none above it has one\.$/],
    // There is one above these, which is another repository's.
    ['state/clone', /clone has no folder \.slipway, and is the top of a repository, above which none/],
    [
      'state/clone/infra',
      /infra has no folder \.slipway, nor has .* top of the repository, .*state\/clone\.$/,
    ],
  ])('from %s it is not claimed that nothing is where nothing was looked for', (cwd, words) => {
    expect(whereStateIs({ cwd: join(top, cwd), env: {} })).toMatch(words);
  });

  test('a path is counted from its top, from wherever it is given', () => {
    const from = (cwd: string, path: string) => repositoryPath({ cwd: join(top, cwd) }, path);
    expect(from('state', './infra/shop.yaml')).toBe('infra/shop.yaml');
    expect(from('state/infra', 'shop.yaml')).toBe('infra/shop.yaml');
    expect(from('state/infra/deep', '../shop.yaml')).toBe('infra/shop.yaml');
    expect(from('bare', join(top, 'bare/infra/shop.yaml'))).toBe('infra/shop.yaml');
  });

  test('looking makes no state, and says where none was found', async () => {
    const cwd = join(top, 'bare/infra');
    const listed = await runSlipway(cwd, {}, 'state', 'list');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toContain(
      `There is no state: ${cwd} has no folder .slipway, and none above it has one.`,
    );
    const shown = await runSlipway(cwd, {}, 'state', 'show', 'shop.yaml', '--environment', 'dev');
    expect(shown.code).toBe(1);
    expect(shown.err).toContain('There is no stack here yet');
    expect(shown.err).toContain(cwd);
    expect(existsSync(join(cwd, '.slipway'))).toBe(false);
  });

  test('a mistyped environment of the settings is answered with the one that is meant', async () => {
    await writeFile(join(top, 'settings/infra/shop.yaml'), network);
    const { code, err } = await runSlipway(
      join(top, 'settings/infra'),
      {},
      'plan',
      'shop.yaml',
      '--environment',
      'dve',
    );
    expect(code).toBe(1);
    expect(err).toContain('There is no environment dve in .github/slipway.yml');
    expect(err).toContain('Did you mean --environment dev?');
  });
});

await describeWithServices('a stack that is there', ['moto', 'postgres'], ({ moto, postgres }) => {
  let cwd: string;
  let stack: string;
  // Opened by every command: a server's is there at once.
  let environment: Record<string, string | undefined>;
  const run = (...args: string[]) => runSlipway(cwd, environment, ...args);
  const within = (...args: string[]) => runSlipway(join(cwd, 'infra'), environment, ...args);
  const answered = (answer: string, ...args: string[]) => runAnswered(answer, cwd, environment, args);

  beforeAll(async () => {
    for (const [name, value] of Object.entries(moto.environment)) vi.stubEnv(name, value);
    cwd = join(top, 'shop');
    stack = `local/${basename(cwd)}:infra/shop.yaml@prod`;
    for (const folder of ['.git', 'infra']) await mkdir(join(cwd, folder), { recursive: true });
    await writeFile(join(cwd, 'infra/shop.yaml'), network);
    environment = { ...moto.environment, DATABASE_URL: await createServerDatabase(postgres.url) };
  });

  test('apply asks at a terminal, and only yes is a yes', async () => {
    const args = ['apply', 'infra/shop.yaml', '--environment', 'prod'];
    const refused = await answered('y', ...args);
    expect(refused).toMatchObject({ code: 1, err: 'Apply this? Only yes is a yes: \n' });
    expect(refused.out).toContain('Nothing was done.');
    const mute = await answered('yes', ...args, '--json');
    expect(mute).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(mute.out)).toMatchObject({
      status: 'refused',
      plan: { stack },
      diagnostics: [{ code: 'apply-unconfirmed', remedy: 'Read the plan, then give --yes.' }],
    });
    expect((await answered('yes', ...args)).out).toContain('Applied: 1 created.');
  });

  test('is found from a folder below, by its template, and its plan file is good from there', async () => {
    const shown = await within('state', 'show', 'shop.yaml', '--environment', 'prod');
    expect(shown.out).toMatch(
      /^\S+:infra\/shop\.yaml@prod {2}applied {2}\d{12} \S+ {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC\n/,
    );
    const planned = await within('plan', 'shop.yaml', '--environment', 'prod', '--out', 'plan.json');
    expect(planned.out).toContain('Nothing to change');
    expect(await run('apply', '--plan', 'infra/plan.json')).toMatchObject({ code: 0 });
  });

  test('is what a mistyped environment is compared with, before a new stack is made', async () => {
    const planned = await within('plan', 'shop.yaml', '--environment', 'prd');
    expect(planned.code).toBe(0);
    expect(planned.err).toContain(`warning: ${stack.replace('@prod', '@prd')} is a new stack (stack-new)`);
    expect(planned.err).toContain('Did you mean --environment prod?');
    const machine = await run('plan', 'infra/shop.yaml', '--environment', 'prd', '--json');
    expect(machine.err).toBe('');
    expect(JSON.parse(machine.out).diagnostics).toMatchObject([{ severity: 'warning', code: 'stack-new' }]);
    const applied = await answered('no', 'apply', 'infra/shop.yaml', '--environment', 'prd');
    expect(applied.err).toMatch(/is a new stack[\s\S]*Apply this\?/);
    // Looking at what is not there says where it was looked for.
    const shown = await run('state', 'show', 'infra/shop.yaml', '--environment', 'prd');
    expect(shown.err).toContain('The state is in the database that DATABASE_URL names.');
    expect(shown.err).toContain('Did you mean --environment prod?');
  });

  test('lives where it lives: another region is told which one', async () => {
    for (const args of [
      ['plan', 'infra/shop.yaml', '--environment', 'prod'],
      ['destroy', 'infra/shop.yaml', '--environment', 'prod', '--yes'],
    ]) {
      const { code, err } = await run(...args, '--region', 'us-west-2');
      expect(code).toBe(1);
      expect(err).toMatch(/lives in account \d+, (\S+),[\s\S]*Give --region \1, or set region: \1 for prod/);
    }
    const contrary = await run('destroy', '--stack', stack, '--environment', 'dev', '--yes');
    expect(contrary).toMatchObject({ code: 1 });
    expect(contrary.err).toContain('is not in the environment dev');
  });

  test('is rolled back after a yes at a terminal', async () => {
    await writeFile(join(cwd, 'infra/shop.yaml'), network.replace('shop-team', 'other-team'));
    expect((await run('apply', 'infra/shop.yaml', '--environment', 'prod', '--yes')).code).toBe(0);
    const back = ['rollback', 'infra/shop.yaml', '--environment', 'prod'];
    const refused = await answered('no', ...back);
    expect(refused.err).toContain('Apply this?');
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was done.') });
    const mute = await run(...back, '--json');
    expect(mute).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(mute.out)).toMatchObject({
      plan: { stack },
      diagnostics: [{ code: 'apply-unconfirmed' }],
    });
    const done = await answered('yes', ...back);
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('Applied: 1 updated.') });
  });

  test('is listed until it is destroyed', async () => {
    const destroyed = await answered('yes', 'destroy', 'infra/shop.yaml', '--environment', 'prod');
    expect(destroyed.err).toContain('Delete all of this?');
    expect(destroyed.code).toBe(0);
    expect((await run('state', 'list')).out).toBe('No stack is there. --all shows the destroyed ones.\n');
    expect(JSON.parse((await run('state', 'list', '--json')).out)).toEqual([]);
    expect((await run('state', 'list', '--all')).out).toMatch(
      /^destroyed {2}\d{12} \S+ {2}local\/shop:infra\/shop\.yaml@prod\n$/,
    );
    // A template whose only stack is gone has none that could be meant.
    const planned = await run('plan', 'infra/shop.yaml', '--environment', 'prd');
    expect(planned.err).toBe('');
  });
});
