import type { CheckOutput } from '../review/checks.ts';
import type { RepositoryAccess } from './open-repository.ts';

/** https://docs.github.com/en/rest/checks/runs: annotations per call. */
const annotationsPerCall = 50;

/** Publishes each check on the commit, concluded: none is ever left pending. */
export async function publishChecks(
  access: RepositoryAccess,
  commit: string,
  checks: readonly CheckOutput[],
): Promise<void> {
  await Promise.all(checks.map((check) => publishCheck(access, commit, check)));
}

async function publishCheck(access: RepositoryAccess, commit: string, check: CheckOutput): Promise<void> {
  const { octokit, owner, repo, mask } = access;
  const annotations = check.annotations.map((a) => ({
    ...a,
    title: mask(a.title),
    message: mask(a.message),
  }));
  const output = {
    title: mask(check.title),
    summary: mask(check.summary),
    ...(check.text === undefined ? {} : { text: mask(check.text) }),
  };
  const { data } = await octokit.rest.checks.create({
    owner,
    repo,
    name: check.name,
    head_sha: commit,
    status: 'completed',
    conclusion: check.conclusion,
    output: { ...output, annotations: annotations.slice(0, annotationsPerCall) },
  });
  for (let at = annotationsPerCall; at < annotations.length; at += annotationsPerCall) {
    await octokit.rest.checks.update({
      owner,
      repo,
      check_run_id: data.id,
      output: { ...output, annotations: annotations.slice(at, at + annotationsPerCall) },
    });
  }
}
