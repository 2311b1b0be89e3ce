import { beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/policy/finding.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import type { StackReview } from '../../src/review/review.ts';
import type { CodeScanning, CodeScanningRecord } from '../../src/state/code-scanning.ts';
import type { PullRequestRecord } from '../../src/state/pull-requests.ts';
import type { Repository } from '../../src/workflow/repository.ts';
import { type Scanned, uploadMerged, uploadProposed } from '../../src/workflow/upload-findings.ts';
import type { PullRequestWorkflow } from '../../src/workflow/workflow.ts';
import { policyText } from '../policy/organisation-policy.ts';
import { change, plan } from '../review/plans.ts';

const head = 'a'.repeat(40);
const merge = 'b'.repeat(40);
const pull = { number: 7, headSha: head, baseRef: 'main' };
const settings = { policies: [], 'code-scanning': true };
const policies = [parsePolicy(policyText('no-default-vpc'), 'p.yaml').policy!];

const finding = (more: Partial<Finding> = {}): Finding => ({
  policy: 'no-default-vpc',
  title: 'Networks have addresses of their own',
  severity: 'high',
  enforcement: 'mandatory',
  logicalId: 'Vpc',
  type: 'AWS::EC2::VPC',
  message: 'The network has the addresses of the default one',
  remedy: 'Take others.',
  controls: [],
  where: { file: 'infra/shop.yaml', line: 5, column: 7 },
  ...more,
});

function stack(more: Partial<StackReview> = {}): StackReview {
  const { file = 'infra/shop.yaml', environment = 'dev' } = more;
  return {
    stack: `acme/shop:${file}@${environment}`,
    environment,
    file,
    phase: 'planned',
    diagnostics: [],
    findings: [finding()],
    plan: plan([change('Vpc', 'AWS::EC2::VPC', 'create', { after: {} })], { file, environment }),
    ...more,
  };
}

interface Uploaded {
  readonly commit: string;
  readonly ref: string;
  readonly results: readonly string[];
}

/** GitHub, the database and the clock, with what was given to them. */
function makeWorld() {
  const seen = {
    uploads: [] as Uploaded[],
    comments: [] as string[],
    warnings: [] as unknown[],
    /** What GitHub says to an upload. */
    answer: true as boolean | Error,
    now: new Date('2026-07-15T12:00:00Z'),
  };
  let record = { number: 7 } as unknown as PullRequestRecord;
  let kept: CodeScanningRecord = { files: {}, uploaded: undefined, refusedAt: undefined };
  const codeScanning: CodeScanning = {
    get: async () => kept,
    async keep(_, files) {
      kept = { ...kept, files: { ...kept.files, ...files } };
    },
    async taken(_, uploaded = kept.uploaded) {
      kept = { ...kept, uploaded, refusedAt: undefined };
    },
    async refused(_, refusedAt) {
      kept = { ...kept, refusedAt };
    },
  };
  const workflow = {
    policies: () => policies,
    codeScanning,
    clock: { now: () => seen.now },
    log: { warn: (...told: unknown[]) => seen.warnings.push(told) },
    pullRequests: {
      get: async () => record,
      async put(next: PullRequestRecord) {
        record = next;
      },
    },
  } as unknown as PullRequestWorkflow;
  const repository = {
    fullName: 'acme/shop',
    async uploadAnalysis(commit: string, ref: string, sarif: string) {
      if (seen.answer instanceof Error) throw seen.answer;
      if (!seen.answer) return false;
      const [run] = JSON.parse(sarif).runs as { results: Parameters<typeof resultText>[0][] }[];
      seen.uploads.push({ commit, ref, results: run!.results.map(resultText) });
      return true;
    },
    async writeComment(_: number, __: number | undefined, body: string) {
      seen.comments.push(body);
      return { id: 1, at: '', body };
    },
  } as unknown as Repository;
  const usual: Scanned = { settings, commit: merge, stacks: [stack()] };
  return Object.assign(seen, {
    propose: (scanned: Partial<Scanned> = {}) =>
      uploadProposed(workflow, repository, pull, { ...usual, ...scanned }),
    merge: (scanned: Partial<Scanned> = {}) =>
      uploadMerged(workflow, repository, pull, { ...usual, ...scanned }),
  });
}

function resultText(result: {
  ruleId: string;
  locations: readonly {
    physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
  }[];
  properties: { environments: readonly string[] };
}): string {
  const { artifactLocation, region } = result.locations[0]!.physicalLocation;
  return `${result.ruleId} ${artifactLocation.uri}:${region.startLine} ${result.properties.environments.join(' ')}`;
}

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});

describe('code scanning is told', () => {
  test('nothing where the settings do not ask for it, or nothing could be planned', async () => {
    await world.propose({ settings: { policies: [] } });
    const { plan: _, ...unplanned } = stack();
    await world.propose({ stacks: [unplanned] });
    await world.merge({ settings: { policies: [], 'code-scanning': false } });
    expect(world.uploads).toEqual([]);
  });

  test('what the merge of a pull request would leave, of the commit that was planned', async () => {
    await world.propose();
    await world.propose({ commit: head });
    expect(world.uploads.map(({ commit, ref }) => [commit, ref])).toEqual([
      [merge, 'refs/pull/7/merge'],
      [head, 'refs/pull/7/head'],
    ]);
    expect(world.uploads[0]?.results).toEqual(['no-default-vpc infra/shop.yaml:5 dev']);
  });

  test('the same only once', async () => {
    await world.propose();
    await world.propose();
    expect(world.uploads).toHaveLength(1);
    await world.propose({ stacks: [stack({ findings: [] })] });
    expect(world.uploads).toHaveLength(2);
    await world.merge();
    await world.merge();
    expect(world.uploads.map(({ ref }) => ref).slice(2)).toEqual(['refs/heads/main']);
  });

  test('with what the default branch has in other templates, which would seem to be mended otherwise', async () => {
    const [file, where] = ['infra/web.yaml', { file: 'infra/web.yaml', line: 9, column: 1 }];
    await world.merge({ stacks: [stack({ file, findings: [finding({ where })] })] });
    await world.propose();
    expect([...(world.uploads.at(-1)?.results ?? [])].sort()).toEqual([
      'no-default-vpc infra/shop.yaml:5 dev',
      'no-default-vpc infra/web.yaml:9 dev',
    ]);
    await world.merge({ commit: head, stacks: [stack({ file, findings: [] })] });
    expect(world.uploads.at(-1)?.results).toEqual([]);
  });

  test('what it knew before of a template, where one of its environments could not be planned', async () => {
    await world.merge({ stacks: [stack(), stack({ environment: 'prod' })] });
    const { plan: _, ...held } = stack({ environment: 'prod', findings: [] });
    await world.merge({ commit: head, stacks: [stack({ findings: [] }), held] });
    expect(world.uploads.at(-1)?.results).toEqual(['no-default-vpc infra/shop.yaml:5 dev prod']);
  });

  test('of a template that has moved nothing more at its old place', async () => {
    await world.merge();
    const where = { file: 'infra/new.yaml', line: 5, column: 7 };
    const moved = stack({
      file: 'infra/new.yaml',
      movedFrom: 'infra/shop.yaml',
      findings: [finding({ where })],
    });
    await world.merge({ commit: head, stacks: [moved] });
    expect(world.uploads.at(-1)?.results).toEqual(['no-default-vpc infra/new.yaml:5 dev']);
  });

  test('once what is the same in several environments, and somewhere what is nowhere', async () => {
    const { where: _, ...nowhere } = finding({ logicalId: 'Other' });
    await world.propose({
      stacks: [stack(), stack({ environment: 'prod', findings: [finding(), nowhere] })],
    });
    expect(world.uploads[0]?.results).toEqual([
      'no-default-vpc infra/shop.yaml:5 dev prod',
      'no-default-vpc infra/shop.yaml:1 prod',
    ]);
  });

  test('not of what goes, what an exception allows and what is not decided yet', async () => {
    const allowed = { until: '2027-01-01', reason: 'later', by: '@acme/infra' };
    const findings = [finding({ allowed }), finding({ undecided: true }), finding({ logicalId: 'Gone' })];
    const gone = change('Gone', 'AWS::EC2::VPC', 'delete', { before: {} });
    await world.propose({ stacks: [stack({ findings, plan: plan([gone]) })] });
    expect(world.uploads[0]?.results).toEqual([]);
  });

  test('the worst of what is more than it takes', async () => {
    const many = Array.from({ length: 5_010 }, (_, i) =>
      finding({ logicalId: `Vpc${i}`, severity: i < 5_000 ? 'low' : 'critical' }),
    );
    await world.propose({ stacks: [stack({ findings: many })] });
    expect(world.uploads[0]?.results).toHaveLength(5_000);
  });
});

describe('where GitHub takes none', () => {
  test('that is said once, and asked again a day later', async () => {
    world.answer = false;
    await world.propose();
    await world.propose({ commit: head });
    expect(world.comments).toEqual([
      expect.stringContaining('`code-scanning: true` in `.github/slipway.yml`'),
    ]);
    world.now = new Date('2026-07-16T13:00:00Z');
    await world.propose();
    expect(world.comments).toHaveLength(1);
    world.answer = true;
    await world.propose();
    expect(world.uploads).toEqual([]);
    world.now = new Date('2026-07-17T14:00:00Z');
    await world.propose();
    expect(world.uploads).toHaveLength(1);
  });

  test('because it does not answer, the review stands and the next one tells it', async () => {
    world.answer = Object.assign(new Error('bad gateway'), { status: 502 });
    await world.propose();
    expect([world.comments, world.warnings.length]).toEqual([[], 1]);
    world.answer = true;
    await world.propose();
    expect(world.uploads).toHaveLength(1);
  });
});
