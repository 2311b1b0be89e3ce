import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RepositoryAccess } from './open-repository.ts';

const compress = promisify(gzip);

/**
 * Gives code scanning an analysis; false where it is not turned on in the repository, or the App may not.
 * https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
 */
export async function uploadAnalysis(
  { octokit, owner, repo, mask }: RepositoryAccess,
  commit: string,
  ref: string,
  sarif: string,
): Promise<boolean> {
  try {
    await octokit.rest.codeScanning.uploadSarif({
      owner,
      repo,
      commit_sha: commit,
      ref,
      sarif: (await compress(mask(sarif))).toString('base64'),
      tool_name: 'Slipway',
    });
    return true;
  } catch (error) {
    if (isOff(error as Refused)) return false;
    throw error;
  }
}

interface Refused {
  readonly status?: number;
  readonly response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/** 403 is also said where there were too many calls: that passes. */
function isOff({ status, response }: Refused): boolean {
  const headers = response?.headers;
  const isLimited = headers?.['retry-after'] !== undefined || headers?.['x-ratelimit-remaining'] === '0';
  return status === 404 || (status === 403 && !isLimited);
}
