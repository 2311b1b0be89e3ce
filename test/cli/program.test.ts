/** What every command has alike: help, exit codes, and how it says what is wrong. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { during } from '../../src/cli/waiting.ts';
import { runSlipway } from './run-slipway.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'slipway-program-'));
  await mkdir(join(cwd, 'infra'));
  await writeFile(
    join(cwd, 'infra/shop.yaml'),
    'Conditions: { Big: !Equals [a, b] }\nResources: { Gateway: { Type: "AWS::EC2::InternetGateway", Condition: Big } }\n',
  );
});
afterAll(() => rm(cwd, { recursive: true, force: true }));
const run = (...args: string[]) => runSlipway(cwd, {}, ...args);

describe('help', () => {
  test.each([[[]], [['state']], [['policy']]])(
    '%j alone shows what there is, and is no mistake',
    async (args) => {
      const { code, out, err } = await run(...args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(['Usage: slipway', ...args].join(' '));
      expect(out).toContain('Commands:');
    },
  );

  test.each([
    [
      [],
      [
        '0 fine',
        '1 error',
        '2 changes',
        '3 stopped',
        '75 a newer version',
        '130 or 143',
        'State is in the nearest folder .slipway',
      ],
    ],
    [['plan'], ['0 fine', '1 error', '2 changes']],
    [['apply'], ['3 stopped on the way', 'naming it is the yes, nothing is asked']],
    [['state', 'list'], ['Exit codes: 0 fine; 1 error.']],
  ])('%j --help says how it exits', async (args, words) => {
    const text = (await run(...args, '--help')).out.replace(/\s+/g, ' ');
    for (const word of words) expect(text).toContain(word);
  });
});

describe('what is wrong', () => {
  test.each([
    [['state', 'shwo'], 'Did you mean show?'],
    [['state', 'list', '--al'], 'Did you mean --all?'],
    [['plan'], 'Usage: slipway plan [options] <template>'],
    [['state', 'show'], '(slipway state show --help says more)'],
    [['plan', 'infra/shpo.yaml'], 'Did you mean infra/shop.yaml?'],
    [['plan', 'infra'], 'infra is a folder, not a template'],
    [['validate', 'infra'], 'Name a file in it: infra/shop.yaml'],
    [['apply', '--plan', 'plan.json'], 'There is no file plan.json'],
    [['apply', '--plan', 'plan.json', '--environment', 'prod'], 'A plan file says for which environment'],
    [['validate', 'infra/shop.yaml', '--parameters', 'infra'], 'infra is a folder, not a parameter file'],
  ])('%j is told in words, with what to do', async (args, words) => {
    const { code, err } = await run(...args);
    expect(err).toContain(words);
    expect(code).toBe(1);
  });

  test('a file that is not there is told with the place where it was looked for', async () => {
    const { err } = await run('plan', 'infra/nowhere.yaml');
    expect(err).toContain(`It was looked for at ${join(cwd, 'infra/nowhere.yaml')}.`);
  });

  test.each([
    [['plan', 'infra/nowhere.yaml'], { summary: 'There is no file infra/nowhere.yaml', code: 'usage' }],
    [['validate', 'infra/nowhere.yaml'], { code: 'usage' }],
    [['graph', 'infra/nowhere.yaml'], { code: 'usage' }],
    [['plan', '--enviroment', 'dev'], { code: 'usage', remedy: 'Did you mean --environment?' }],
    [['state', 'shwo'], { code: 'usage', remedy: 'Did you mean show?' }],
    [['policy', 'list', '--directory', 'nowhere'], { severity: 'error' }],
  ])('%j is told as JSON where JSON is asked for', async (args, diagnostic) => {
    const { code, out, err } = await run(...args, '--json');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out).diagnostics).toMatchObject([diagnostic]);
  });
});

describe('a graph', () => {
  const drawn = async (...args: string[]) => (await run('graph', 'infra/shop.yaml', ...args)).out;
  test('says what its looks mean, in each language', async () => {
    expect(await drawn()).toContain('  legend["dashed: has a condition"]\n');
    expect(await drawn('--format', 'dot')).toMatch(/\n {2}label="dashed: has a condition"\n\}\n$/);
    await writeFile(join(cwd, 'plan.json'), JSON.stringify(planOf('create', 'replace')));
    expect(await drawn('--plan', 'plan.json')).toContain(
      'legend["red with a thick border: replace<br/>green: create<br/>dashed: has a condition"]',
    );
    expect(await drawn('--plan', 'plan.json', '--format', 'dot')).toContain('green: create');
  });

  test('is boxes and arrows for machines', async () => {
    expect(JSON.parse(await drawn('--json'))).toEqual({
      nodes: [{ id: 'Gateway', type: 'AWS::EC2::InternetGateway', conditional: true }],
      edges: [],
    });
  });

  function planOf(...actions: string[]) {
    const changes = actions.map((action, i) => ({ logicalId: `R${i}`, type: 'T', action, dependsOn: [] }));
    const plan = { format: 1, stack: 's', digest: '0'.repeat(64), file: 'infra/shop.yaml', changes };
    return { format: 1, template: 'infra/shop.yaml', plan };
  }
});

describe('the terminal', () => {
  test('is told of what takes more than two seconds, and the line is cleared', async () => {
    vi.useFakeTimers();
    try {
      const shown: string[] = [];
      const status = (text: string) => void shown.push(text);
      await during({ status }, 'Planning', () => vi.advanceTimersByTimeAsync(1_900));
      expect(shown).toEqual(['']);
      await during({ status }, 'Planning', () => vi.advanceTimersByTimeAsync(3_500));
      expect(shown).toEqual(['', 'Planning: 2 s', 'Planning: 3 s', '']);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(shown).toHaveLength(4);
    } finally {
      vi.useRealTimers();
    }
  });

  test('has no colour and no passing lines where there is none', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const env = { ...process.env, FORCE_COLOR: undefined };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, 'state', 'list'], {
      cwd,
      env,
    });
    expect(stdout + stderr).toContain('No stack has been applied yet.');
    expect(stdout + stderr).not.toMatch(/[\x1b\r]/);
  });

  test('goes on when nobody reads any more', async () => {
    const program = fileURLToPath(new URL('../../bin/slipway', import.meta.url));
    const script = `"${program}" policy list --json 2>err.txt | true; echo "\${PIPESTATUS[0]} $(cat err.txt)"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd });
    expect(stdout.trim()).toBe('0');
  });
});
