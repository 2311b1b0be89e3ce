import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { complianceMarker } from '../../src/review/compliance-issue.ts';
import { reportCompliance } from '../../src/workflow/compliance.ts';
import type { IssueText, Repository } from '../../src/workflow/repository.ts';
import { doorPolicy, file, noRuleForAll, openRunningWorld, type RunningWorld } from './running-world.ts';

const door = (name: string, rule: string) => `  ${name}:
    Type: Acme::Door
    Properties:
      Name: ${name}
      Rules: [${rule}]
`;
const template = `Resources:\n${door('Front', 'all')}${door('Back', 'staff')}`;
const settings = 'environments:\n  prod: { region: eu-west-1, account: "111111111111" }\n';
const sha = 'c0ffee'.repeat(7).slice(0, 40);

let world: RunningWorld;
/** What GitHub has, and what it was asked. */
let github: {
  files: Record<string, string>;
  issue: (IssueText & { readonly number: number }) | undefined;
  readonly calls: string[];
  fails?: boolean;
};
beforeAll(async () => {
  world = await openRunningWorld();
  world.enforce(noRuleForAll);
  await world.apply(template);
});
afterAll(() => world.close());
beforeEach(() => {
  github?.calls.splice(0);
  github ??= { files: { '.github/slipway.yml': settings, [file]: template }, issue: undefined, calls: [] };
});

const repository = {
  fullName: 'acme/shop',
  currentName: 'acme/store',
  async defaultBranch() {
    github.calls.push('branch');
    return sha;
  },
  async readFiles(revision: string, paths: readonly string[]) {
    github.calls.push(`files of ${revision.slice(0, 6)}`);
    return new Map(Object.entries(github.files).filter(([path]) => paths.includes(path)));
  },
  async keepIssue(number: number | undefined, marker: string, issue: IssueText) {
    if (github.fails) throw new Error('502');
    expect(issue.body.startsWith(marker)).toBe(true);
    expect(number).toBe(github.issue?.number);
    github.calls.push(`issue ${number ?? 'new'}: ${issue.state ?? 'left'}`);
    github.issue = { number: 7, ...github.issue, ...issue };
    return 7;
  },
} as unknown as Repository;

async function scan(day: number, hour = 9): Promise<string> {
  world.at(day, hour);
  const { signal } = new AbortController();
  await reportCompliance(world.workflow, repository, { seconds: 86_400, signal });
  return github.issue?.body ?? '';
}

const rules = (name: string, ...list: string[]) =>
  world.doors.set(name, { ...world.doors.get(name)!, Rules: list });

describe('what runs of a repository, day by day', () => {
  test('what is found opens an issue, with the line on the default branch', async () => {
    const body = await scan(1);
    expect(github.calls).toEqual(['branch', `files of ${sha.slice(0, 6)}`, 'issue new: open']);
    expect(github.issue?.title).toBe('Compliance: 1 finding in 1 stack (1 high)');
    expect(body.split('\n')[0]).toBe(complianceMarker);
    expect(body).toContain(`| \`${file}\` | \`prod\` | · | 1 | · | · | · | · | · |`);
    expect(body).toContain(
      `**high**, not met: Doors are for somebody · \`Front\` [\`${file}:6\`](https://github.com/acme/store/blob/${sha}/${file}#L6)`,
    );
    expect(body).toContain('Front lets everybody in');
    expect(body).not.toContain('🆕');
  });

  test('the same job a second time asks nothing', async () => {
    await scan(1, 10);
    expect(github.calls).toEqual([]);
  });

  test('what is new the next day is marked, and what was changed by hand is told as that', async () => {
    rules('Back', 'all');
    const body = await scan(2);
    expect(github.calls.at(-1)).toBe('issue 7: open');
    const of = (name: string) => body.split('\n').find((line) => line.includes(`· \`${name}\``))!;
    expect(of('Back')).toContain('**high**, not met 🆕:');
    expect(of('Back')).toContain('Changed outside Slipway');
    expect(of('Back')).toContain('since 2026-11-02');
    expect(of('Front')).not.toContain('🆕');
    expect(of('Front')).toContain('since 2026-11-01');
    expect(body).toContain('**1 new** since 2026-11-01 09:00 UTC');
  });

  test('what is new stays new until it was told: the first time GitHub did not answer', async () => {
    world.enforce(noRuleForAll, doorPolicy({ deny: "after.Name == 'Back'" }));
    github.fails = true;
    await expect(scan(2, 22)).rejects.toThrow('502');
    github.fails = false;
    expect(await scan(2, 23)).toContain('**medium**, not met 🆕');
    world.enforce(noRuleForAll);
  });

  test('where nothing is new, whoever closed it is left in peace', async () => {
    expect(await scan(3, 20)).not.toContain('🆕');
    expect(github.calls.at(-1)).toBe('issue 7: left');
  });

  test('a stack that cannot be reached is no pass, and what was found of it is not forgotten', async () => {
    github.files['.github/slipway.yml'] = settings.replace('prod', 'dev');
    const body = await scan(4, 20);
    expect(github.issue?.title).toBe('Compliance: 1 stack not looked at');
    expect(body).toContain('| ? | ? | ? | ? | ? | ? | ? |');
    expect(body).toContain('has no environment');
    github.files['.github/slipway.yml'] = settings;
    expect(await scan(5, 20)).toContain('since 2026-11-01');
  });

  test('settings that cannot be read are told, with what is wrong', async () => {
    github.files['.github/slipway.yml'] = 'environmentz: {}\n';
    const body = await scan(6, 20);
    github.files['.github/slipway.yml'] = settings;
    expect(body).toContain('not looked at');
    expect(body).toContain('environmentz');
  });

  test('it is closed when nothing is left, and then nothing is written any more', async () => {
    rules('Front', 'staff');
    rules('Back', 'staff');
    const body = await scan(7, 20);
    expect(github.calls.at(-1)).toBe('issue 7: closed');
    expect(github.issue?.title).toBe('Compliance: nothing is left');
    expect(body).toContain('**Nothing is left.** 2 running resources in 1 stack');
    github.calls.splice(0);
    await scan(8, 20);
    expect(github.calls).toEqual(['branch', expect.stringContaining('files')]);
  });

  test('advice and exceptions open nothing', async () => {
    world.enforce(doorPolicy({ enforcement: 'advisory', deny: 'after.Name != ""' }));
    await scan(9, 20);
    world.enforce(noRuleForAll);
    rules('Front', 'all');
    const exception =
      '{ policy: no-rule-for-all, resource: Front, until: 2026-11-10, reason: a fair, by: "@acme/x" }';
    github.files['.github/slipway.yml'] = settings.replace(' }', `, allow: [${exception}] }`);
    await scan(10, 20);
    expect(github.calls.filter((call) => call.startsWith('issue'))).toEqual([]);
  });

  test('it is opened again when something appears: here the exception is over', async () => {
    const body = await scan(11, 20);
    expect(github.calls.at(-1)).toBe('issue 7: open');
    expect(body).toContain('1 finding in 1 stack');
    expect(body).toContain('1 finding that would stop nothing');
    expect(body).toContain('was until 2026-11-10');
  });

  test('a policy of today tells what it would have stopped, and what it cannot be asked', async () => {
    github.files['.github/slipway.yml'] = settings;
    const freeze = doorPolicy({ id: 'freeze', match: { types: ['*'], actions: ['update', 'delete'] } });
    world.enforce(noRuleForAll, doorPolicy({ deny: "after.Name == 'Back'", severity: 'critical' }), freeze);
    const body = await scan(12, 20);
    expect(github.issue?.title).toBe('Compliance: 2 findings in 1 stack (1 critical, 1 high)');
    expect(body).toContain('1 policy is about what a plan does, and cannot be asked of what runs: freeze');
  });
});

test.each([
  ['not read yet, which is tried again', 'policy-unread', 'rejects', 'not read'],
  ['broken, which is told', 'policy-invalid', 'resolves', undefined],
] as const)('policies that are %s', async (_, code, outcome, said) => {
  const { signal } = new AbortController();
  world.at(20);
  const refused = () => {
    throw new SlipwayError(code, { summary: 'not read' });
  };
  const told = reportCompliance({ ...world.workflow, policies: refused }, repository, {
    seconds: 86_400,
    signal,
  });
  if (outcome === 'rejects') await expect(told).rejects.toThrow(said);
  else await told;
  expect(github.calls.length).toBe(outcome === 'rejects' ? 0 : 3);
  if (outcome === 'resolves') expect(github.issue?.title).toContain('not looked at');
});

test('a repository without stacks asks nothing of GitHub', async () => {
  const { signal } = new AbortController();
  const other = { ...repository, fullName: 'acme/empty' };
  await reportCompliance(world.workflow, other, { seconds: 86_400, signal });
  expect(github.calls).toEqual([]);
});
