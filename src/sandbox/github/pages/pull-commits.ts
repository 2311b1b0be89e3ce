import { commitsBetween } from '../git/commits.ts';
import { commitList } from './commit.ts';
import { pullPage } from './pull-frame.ts';
import { type PageApp, pullRequestIn, repositoryIn } from './site.ts';

/** `/:owner/:repo/pull/:number/commits`. */
export function pullCommits(app: PageApp): void {
  app.get('/:owner/:repo/pull/:number{\\d+}/commits', async (c) => {
    const repository = repositoryIn(c);
    const issue = pullRequestIn(c, repository);
    const commits = await commitsBetween(repository.git, issue.pull.baseSha, issue.pull.headSha);
    return pullPage(c, repository, issue, 'commits', commitList(c.var.site.world, repository, commits));
  });
}
