/** What people do meanwhile: they open pull requests, push, approve, merge and close, and help where Slipway asks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkNames } from '../../src/review/checks.ts';
import type { Random } from '../../src/sandbox/fault-proxy/random.ts';
import {
  createTestRepository,
  isConcluded,
  isGreen,
  type PullRequest,
  type Seen,
  type TestRepository,
} from '../e2e/repository.ts';
import { openJobs } from './jobs.ts';
import { drawVersion, pick, type Version } from './templates.ts';
import type { Timeline } from './timeline.ts';
import type { ChaosWorld } from './world.ts';

export const environments = ['dev', 'prod'] as const;

const settings = `templates: ["infra/*.yaml"]
environments:
  dev:
    region: eu-west-1
    approvals: [{ from: ["@acme/infra"], count: 1 }]
  prod:
    region: eu-west-1
    after: [dev]
    approvals: [{ from: ["@acme/infra"], count: 1 }]
operators: ["@acme/infra"]
`;

/** One pull request, and what has come of it as far as people know. */
export interface Proposal {
  readonly pull: PullRequest;
  readonly template: string;
  version: Version | undefined;
  fate: 'open' | 'merged' | 'closed';
  /** When somebody last did something about it, so that nobody says the same twice a second. */
  touchedAt: number;
}

/** One repository with everything that was proposed in it. */
export interface Workplace {
  readonly repository: TestRepository;
  readonly proposals: Proposal[];
  /** What is on the default branch, by template. */
  readonly merged: Map<string, Version>;
  versions: number;
}

export async function openWorkplace(world: ChaosWorld, name: string): Promise<Workplace> {
  const repository = await createTestRepository(world, name, { '.github/slipway.yml': settings });
  return { repository, proposals: [], merged: new Map(), versions: 0 };
}

export const templates = ['infra/network.yaml', 'infra/other.yaml'] as const;

/** One author, who makes one change after the other until `over` says so. */
export async function work(
  world: ChaosWorld,
  place: Workplace,
  random: Random,
  over: () => boolean,
  timeline: Timeline,
): Promise<void> {
  while (!over()) {
    await sleep(random() * 1_500);
    const proposal = await propose(place, random);
    const fate = random();
    for (let pushes = pick(random, [0, 0, 1, 2]); pushes > 0 && !over(); pushes--) {
      await sleep(random() * 1_500);
      await change(place, proposal, random);
    }
    // Some approve before there is anything to see.
    if (random() < 0.1) await proposal.pull.approve();
    if (fate < 0.7) await bringIn(world, place, proposal, random, over);
    else if (fate < 0.8) await giveUp(proposal);
    timeline.note(`${place.repository.name}#${proposal.pull.number} is ${proposal.fate}`);
  }
}

async function propose(place: Workplace, random: Random): Promise<Proposal> {
  const template = pick(random, templates);
  const isGoing = place.merged.has(template) && random() < 0.12;
  const version = isGoing ? undefined : drawVersion(random, ++place.versions);
  const branch = `change-${place.proposals.length + 1}-${Math.floor(random() * 1e6)}`;
  const pull = await place.repository.propose({ [template]: version?.text }, { branch });
  const proposal: Proposal = { pull, template, version, fate: 'open', touchedAt: 0 };
  place.proposals.push(proposal);
  return proposal;
}

async function change(place: Workplace, proposal: Proposal, random: Random): Promise<void> {
  if (!proposal.version) return;
  proposal.version = drawVersion(random, ++place.versions);
  await proposal.pull.push({ [proposal.template]: proposal.version.text });
}

async function giveUp(proposal: Proposal): Promise<void> {
  await proposal.pull.close();
  proposal.fate = 'closed';
}

/** Until it is merged; left open where there is no more time. */
async function bringIn(
  world: ChaosWorld,
  place: Workplace,
  proposal: Proposal,
  random: Random,
  over: () => boolean,
): Promise<void> {
  const { pull } = proposal;
  while (!over()) {
    await sleep(200);
    if (!isGreen(pull.look())) {
      await help(world, place, proposal);
      continue;
    }
    await sleep(random() * 500);
    const refused = await pull.merge().then(
      () => undefined,
      (error: unknown) => (isRefusal(error) ? error : Promise.reject(error)),
    );
    if (refused === undefined) {
      proposal.fate = 'merged';
      if (proposal.version) place.merged.set(proposal.template, proposal.version);
      else place.merged.delete(proposal.template);
      return;
    }
    // Somebody else has changed the same file: this one begins again from there.
    if (!isGreen(pull.look())) continue;
    if (!proposal.version && !place.merged.has(proposal.template)) return giveUp(proposal);
    await pull.push({ [proposal.template]: proposal.version?.text }, { force: true });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'status' in error && (error.status === 405 || error.status === 409);
}

/** How long people wait for something to happen before they do the same again. */
const patienceMs = 8_000;

/** What a person does who looks at the comment: approves what asks for it, tries again what failed. */
export async function help(world: ChaosWorld, { repository }: Workplace, proposal: Proposal): Promise<void> {
  const { pull, fate } = proposal;
  if (Date.now() - proposal.touchedAt < patienceMs) return;
  if (wordsFor(pull.look(), fate === 'merged') === undefined) return;
  // Whoever sees that Slipway is at it waits for what it says.
  const key = `${repository.fullName}#${pull.number}`;
  const jobs = await openJobs(world).catch(() => undefined);
  if (jobs === undefined || jobs.some((job) => job.key === key)) return;
  const seen = pull.look();
  const words = wordsFor(seen, fate === 'merged');
  if (words === undefined) return;
  proposal.touchedAt = Date.now();
  if (words === 'approve') await pull.approve();
  else if (words === 're-run') await rerun(repository, seen.headSha);
  else await pull.say('operator', words);
  proposal.touchedAt = Date.now();
}

function wordsFor(seen: Seen, merged: boolean): 'approve' | 're-run' | '/slipway retry' | undefined {
  const [, symbol] = /^## (\S+)/m.exec(seen.comment) ?? [];
  if (symbol === '🟡' || symbol === '🟠') return isConcluded(seen) ? 'approve' : undefined;
  if (symbol === '❌') return merged ? '/slipway retry' : 're-run';
  return undefined;
}

async function rerun(repository: TestRepository, sha: string): Promise<void> {
  const { checks } = repository.as('author').rest;
  const here = { owner: 'acme', repo: repository.name };
  const { data } = await checks.listForRef({ ...here, ref: sha, check_name: checkNames[0] });
  const [run] = data.check_runs;
  if (run) await checks.rerequestRun({ ...here, check_run_id: run.id });
}
