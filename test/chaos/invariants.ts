/** What has to hold in the end, whatever went wrong meanwhile. Each says what does not. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../../src/sandbox/demo/watch.ts';
import { stackId } from '../../src/stack/stack-id.ts';
import { isConcluded } from '../e2e/repository.ts';
import { openJobs } from './jobs.ts';
import { environments, type Proposal, templates, type Workplace } from './people.ts';
import { headOf } from './settle.ts';
import { describeFound } from './templates.ts';
import type { ChaosWorld } from './world.ts';

type Invariant = (world: ChaosWorld, places: readonly Workplace[]) => Promise<readonly string[]>;

/** In the order in which they are looked at: those that make plans of their own come last. */
const invariants: Readonly<Record<string, Invariant>> = {
  'every pull request shows the one right comment and its checks': shown,
  'every stack is what was merged, and nothing else is there': cloud,
  'nothing was made twice': once,
  'no lock, run or call is left open': closed,
  'no job was given up': given,
  'the audit record is whole': audit,
  'to plan again shows the same': samePlans,
  'a plan of what was merged is empty': emptyPlans,
};

export async function broken(world: ChaosWorld, places: readonly Workplace[]): Promise<readonly string[]> {
  const all: string[] = [];
  for (const [name, check] of Object.entries(invariants)) {
    const problems = await check(world, places).catch((error: unknown) => [String(error)]);
    all.push(...problems.map((problem) => `${name}: ${problem}`));
  }
  return all;
}

const proposalsOf = (places: readonly Workplace[]) =>
  places.flatMap((place) =>
    place.proposals.map((one) => ({ place, one, name: `${place.repository.name}#${one.pull.number}` })),
  );

async function shown(_: ChaosWorld, places: readonly Workplace[]): Promise<readonly string[]> {
  return [
    ...proposalsOf(places).flatMap(({ one, name }) => wrongWith(one).map((what) => `${name}: ${what}`)),
    ...places.flatMap(({ repository }) => [
      ...repository
        .issues()
        .filter((issue) => issue.state === 'open')
        .map((issue) => `${repository.name}: the issue '${issue.title}' is still open`),
      ...repository
        .deployments()
        .filter(({ states }) => states.filter((s) => s !== 'inactive').at(-1) !== 'success')
        .map(
          ({ environment, states }) =>
            `${repository.name}: a deployment to ${environment} is ${states.join(', ')}`,
        ),
    ]),
  ];
}

function wrongWith(one: Proposal): readonly string[] {
  const seen = one.pull.look();
  const progress = seen.comments.filter((c) => c.body.startsWith('<!-- slipway:progress'));
  const markers = new Set(progress.map((c) => c.body.split('\n', 1)[0]));
  return [
    ...(seen.planComments === 1 || one.fate === 'closed' ? [] : [`it has ${seen.planComments} comments`]),
    ...(progress.length === markers.size ? [] : ['the progress of a stack is told twice']),
    ...(isConcluded(seen) || one.fate === 'closed' ? [] : [`checks are pending: ${headOf(one)}`]),
    ...(one.fate !== 'merged' || /^## (✅|⚪|☑️)/m.test(seen.comment)
      ? []
      : [`it is merged and shows ${headOf(one)}`]),
    ...(one.fate !== 'open' || /^## (🟡|🟢|⚪|⛔)/m.test(seen.comment)
      ? []
      : [`it is open and shows ${headOf(one)}`]),
    ...(one.fate === 'merged' && progress.some((c) => /^## 🔵/m.test(c.body))
      ? ['a run is shown as going on']
      : []),
    ...(seen.comment.includes(seen.headSha.slice(0, 7)) || one.fate === 'closed'
      ? []
      : ['the comment is about another commit']),
  ];
}

const stacksOf = (places: readonly Workplace[]) =>
  places.flatMap(({ repository, merged }) =>
    templates.flatMap((template) =>
      environments.map((environment) => ({
        stack: stackId(repository.fullName, template, environment),
        wanted: merged.get(template)?.wanted ?? [],
      })),
    ),
  );

async function cloud(world: ChaosWorld, places: readonly Workplace[]): Promise<readonly string[]> {
  const found = Map.groupBy(await world.cloud(), (r) => r.tags['slipway:stack'] ?? 'nobody');
  const stacks = stacksOf(places);
  const known = new Set(stacks.map(({ stack }) => stack));
  return [
    ...stacks.flatMap(({ stack, wanted }) => {
      const there = (found.get(stack) ?? []).map(describeFound).sort();
      return there.join('\n') === wanted.join('\n')
        ? []
        : [`${stack} has\n    ${there.join('\n    ')}\n  and not\n    ${wanted.join('\n    ')}`];
    }),
    ...[...found.keys()].filter((stack) => !known.has(stack)).map((stack) => `there are things of ${stack}`),
  ];
}

/** The call that makes each type, of those that the cloud does not refuse a second time by name. */
const creates = {
  'AWS::EC2::VPC': 'CreateVpc',
  'AWS::EC2::Subnet': 'CreateSubnet',
  'AWS::EC2::SecurityGroup': 'CreateSecurityGroup',
  'AWS::EC2::InternetGateway': 'CreateInternetGateway',
} as const;

/** What reached the cloud and was not refused, against what the journal knows to have been made. */
async function once(world: ChaosWorld): Promise<readonly string[]> {
  const rows = await world.query<{ type: string; made: number }>(`
    select change->>'type' as type, count(*)::integer as made
    from journal join run on run.id = journal.run, json_array_elements(run.plan->'changes') as change
    where journal.operation = 'create' and journal.status <> 'failed' and change->>'logicalId' = journal.logical_id
    group by 1`);
  const journalled = new Map(rows.map(({ type, made }) => [type, made]));
  return Object.entries(creates).flatMap(([type, action]) => {
    const sent = world.proxy.calls.filter(
      (c) => c.action === action && c.forwarded && (c.status < 300 || c.faults.length > 0),
    ).length;
    const made = journalled.get(type) ?? 0;
    return sent === made ? [] : [`${action} came ${sent} times, for ${made} that the journal knows`];
  });
}

async function closed({ query }: ChaosWorld): Promise<readonly string[]> {
  const [locks, runs, calls] = await Promise.all([
    query<{ stack: string; holder: string }>('select stack, holder from stack_lock where holder is not null'),
    query<{ id: string; stack: string }>(`select id, stack from run where status = 'running'`),
    query<{ run: string; logical_id: string }>(`select run, logical_id from journal where status = 'begun'`),
  ]);
  return [
    ...locks.map(({ stack, holder }) => `${stack} is locked by ${holder}`),
    ...runs.map(({ id, stack }) => `run ${id} of ${stack} has not ended`),
    ...calls.map(({ run, logical_id }) => `${logical_id} of run ${run} has not ended`),
  ];
}

/** What a job is given up for that met one fault after the other; people have tried again what it was about. */
const explained =
  /ended or stalled|rate limit|Server Error|ECONN|EPIPE|hang up|fetch failed|terminated|timeout|other side closed|recovery|shutting down|starting up/i;

async function given({ query }: ChaosWorld): Promise<readonly string[]> {
  const aside = await query<{ kind: string; key: string; error: string | null }>(
    `select data->>'kind' as kind, singleton_key as key, output->>'message' as error
    from pgboss.job where name = 'slipway-aside'`,
  );
  return aside
    .filter(({ error }) => !explained.test(error ?? ''))
    .map(({ kind, key, error }) => `${kind} of ${key}: ${error}`);
}

const slipway = fileURLToPath(new URL('../../bin/slipway', import.meta.url));

async function audit({ databaseUrl }: ChaosWorld): Promise<readonly string[]> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl };
  const verified = promisify(execFile)(slipway, ['audit', 'verify'], { env });
  return verified.then(
    () => [],
    (error: { stdout: string; stderr: string }) => [`${error.stdout}${error.stderr}`],
  );
}

/** What is open says the same when an operator asks for its plan once more. */
async function samePlans(world: ChaosWorld, places: readonly Workplace[]): Promise<readonly string[]> {
  const open = proposalsOf(places).filter(({ one }) => one.fate === 'open');
  const before = open.map(({ one }) => withoutEarlier(one.pull.look().comment));
  for (const { one } of open) await one.pull.say('operator', '/slipway plan');
  await sleep(1_000);
  await until(
    'nothing to be left to do',
    () => openJobs(world),
    (jobs) => jobs.length === 0,
  );
  return open.flatMap(({ one, name }, i) => {
    const comment = withoutEarlier(one.pull.look().comment);
    return comment === before[i] ? [] : [`${name} showed\n${before[i]}\n  and then\n${comment}`];
  });
}

/** What a comment says of the plan before it is no more to be said of a second one that is the same. */
function withoutEarlier(comment: string): string {
  return comment.replaceAll(/<details><summary>Different from the plan before[\s\S]*?<\/details>\n\n/g, '');
}

async function emptyPlans(_: ChaosWorld, places: readonly Workplace[]): Promise<readonly string[]> {
  const asked = await Promise.all(
    places.map(async ({ repository, merged }) => {
      const files = [...merged].map(([path, { text }]) => [path, `# As it is.\n${text}`] as const);
      if (files.length === 0) return [];
      const pull = await repository.propose(Object.fromEntries(files), { branch: 'as-it-is' });
      const seen = await until('a plan', async () => pull.look(), isConcluded);
      return seen.comment.includes('Nothing to change') ? [] : [`${repository.name}:\n${seen.comment}`];
    }),
  );
  return asked.flat();
}
