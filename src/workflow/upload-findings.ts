import manifest from '../../package.json' with { type: 'json' };
import { digestOf } from '../base/canonical-json.ts';
import { type Finding, severities } from '../policy/finding.ts';
import { selectPacks } from '../policy/parse-policy.ts';
import { sarifLog } from '../policy/sarif.ts';
import type { StackReview } from '../review/review.ts';
import { type Settings, settingsFile } from '../settings/settings.ts';
import type { CodeScanning, FindingsByFile } from '../state/code-scanning.ts';
import type { PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** What was planned, and of which commit. */
export interface Scanned {
  readonly settings: Pick<Settings, 'policies' | 'code-scanning'>;
  readonly stacks: readonly StackReview[];
  readonly commit: string;
}

/**
 * Tells GitHub's code scanning what merging the pull request would leave, where the settings ask for it: what is found
 * in the templates that it touches, and in the others as the default branch has them. Once for each commit and result.
 * Where GitHub does not answer, the review stands all the same: the next one tells it.
 */
export async function uploadProposed(
  workflow: PullRequestWorkflow,
  repository: Repository,
  { number, headSha }: Pick<PullRequest, 'number' | 'headSha'>,
  scanned: Scanned,
): Promise<void> {
  const { commit, stacks } = scanned;
  await whereAsked(workflow, scanned, async (codeScanning) => {
    const record = await workflow.pullRequests.get(repository.fullName, number);
    if (!record || !stacks.some((stack) => stack.plan)) return;
    const { files } = await codeScanning.get(repository.fullName);
    const ref = `refs/pull/${number}/${commit === headSha ? 'head' : 'merge'}`;
    const upload = { commit, ref, number, files: { ...files, ...findingsByFile(stacks) } };
    const digest = await send({ workflow, repository, codeScanning }, scanned, upload, record.analysed);
    if (digest !== undefined) await workflow.pullRequests.put({ ...record, analysed: digest });
  });
}

/** The same of the default branch once a pull request is merged: alerts of what it has mended are closed by that. */
export async function uploadMerged(
  workflow: PullRequestWorkflow,
  repository: Repository,
  { number, baseRef }: Pick<PullRequest, 'number' | 'baseRef'>,
  scanned: Scanned,
): Promise<void> {
  const { commit, stacks } = scanned;
  await whereAsked(workflow, scanned, async (codeScanning) => {
    if (!stacks.some((stack) => stack.plan)) return;
    await codeScanning.keep(repository.fullName, findingsByFile(stacks));
    const { files, uploaded } = await codeScanning.get(repository.fullName);
    const upload = { commit, ref: `refs/heads/${baseRef}`, number, files };
    const digest = await send({ workflow, repository, codeScanning }, scanned, upload, uploaded);
    if (digest !== undefined) await codeScanning.taken(repository.fullName, digest);
  });
}

async function whereAsked(
  { codeScanning, log }: PullRequestWorkflow,
  { settings }: Scanned,
  upload: (codeScanning: CodeScanning) => Promise<void>,
): Promise<void> {
  if (!codeScanning || settings['code-scanning'] !== true) return;
  try {
    await upload(codeScanning);
  } catch (error) {
    log.warn({ err: error }, 'code scanning could not be told of findings');
  }
}

interface Upload {
  readonly commit: string;
  /** Full, as code scanning knows it. */
  readonly ref: string;
  /** Of the pull request on which it is said where GitHub takes none. */
  readonly number: number;
  readonly files: FindingsByFile;
}

/** Of more, GitHub shows the worst of these alone. */
const mostResults = 5_000;

/** Where code scanning is off, GitHub is asked once a day whether it still is. */
const askAgainMs = 86_400_000;

/** The digest of what GitHub has taken; undefined where it has taken nothing, or had it already. */
async function send(
  {
    workflow,
    repository,
    codeScanning,
  }: {
    readonly workflow: PullRequestWorkflow;
    readonly repository: Repository;
    readonly codeScanning: CodeScanning;
  },
  { settings }: Scanned,
  { commit, ref, number, files }: Upload,
  earlier: string | undefined,
): Promise<string | undefined> {
  const now = workflow.clock.now();
  const { refusedAt } = await codeScanning.get(repository.fullName);
  if (refusedAt && now.getTime() - refusedAt.getTime() < askAgainMs) return undefined;
  const { policies } = selectPacks(workflow.policies(), settings.policies);
  const log = sarifLog({
    policies,
    findings: Object.values(files).flat().sort(worstFirst).slice(0, mostResults),
    diagnostics: [],
    version: manifest.version,
  });
  const digest = digestOf([commit, ref, log]);
  if (digest === earlier) return undefined;
  if (await repository.uploadAnalysis(commit, ref, JSON.stringify(log))) {
    await codeScanning.taken(repository.fullName);
    return digest;
  }
  await codeScanning.refused(repository.fullName, now);
  if (!refusedAt) await repository.writeComment(number, undefined, notTaken);
  return undefined;
}

function worstFirst(a: Finding, b: Finding): number {
  return severities.indexOf(b.severity) - severities.indexOf(a.severity);
}

/**
 * By the template, what is found in it: one finding for all environments where it is the same. Without what goes, what
 * an exception allows and what is not decided yet: an alert says that something has to be done.
 */
function findingsByFile(stacks: readonly StackReview[]): FindingsByFile {
  const files = new Map<string, Map<string, FindingsByFile[string][number]>>();
  // Of an environment without a plan nobody knows, and what was found there would seem to be mended.
  const unknown = new Set(stacks.flatMap(({ file, plan }) => (plan ? [] : [file])));
  for (const { file, movedFrom, environment, plan, findings } of stacks) {
    if (!plan || unknown.has(file)) continue;
    if (movedFrom !== undefined && !files.has(movedFrom)) files.set(movedFrom, new Map());
    const known = files.get(file) ?? new Map<string, FindingsByFile[string][number]>();
    files.set(file, known);
    const gone = new Set(plan.changes.filter(({ after }) => !after).map(({ logicalId }) => logicalId));
    for (const finding of findings) {
      if (finding.allowed || finding.undecided || gone.has(finding.logicalId)) continue;
      const key = digestOf(finding);
      const environments = [...(known.get(key)?.environments ?? []), environment];
      // GitHub takes no result that is nowhere.
      known.set(key, { ...finding, where: finding.where ?? { file, line: 1, column: 1 }, environments });
    }
  }
  return Object.fromEntries([...files].map(([file, found]) => [file, [...found.values()]]));
}

const notTaken = [
  'GitHub takes no findings for code scanning of this repository: it is not turned on here, or the App may not write',
  `its results. \`code-scanning: true\` in \`${settingsFile}\` asks for them. Turn code scanning on in the settings of`,
  'the repository, accept the permission of the App, or take the key out. Nothing else waits for it.',
].join(' ');
