import { SlipwayError } from '../base/error.ts';

/**
 * Throws `github-too-large` where a pull request changes more files than GitHub lists: what is not listed would be
 * planned by nobody, and the checks would pass.
 * https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
 */
export function refuseTooManyFiles(count: number): void {
  if (count < mostFiles) return;
  throw new SlipwayError('github-too-large', {
    summary: `A pull request of ${mostFiles} files or more cannot be planned: GitHub lists no more of them`,
    remedy: 'Split it.',
  });
}

const mostFiles = 3000;
