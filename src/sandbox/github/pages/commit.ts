import { html } from 'hono/html';
import { type Commit, commitOf, listCommits, resolveCommit } from '../git/commits.ts';
import { changedFiles, emptyTree } from '../git/diff.ts';
import { notFound } from '../http/refusal.ts';
import { rollup } from '../model/checks-on-commit.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { authorOf } from './authors.ts';
import { rollupMark } from './check-mark.ts';
import { fileDifferences } from './file-differences.ts';
import { page } from './layout.ts';
import { commitLink } from './names.ts';
import { type Html, type PageApp, repositoryIn } from './site.ts';
import { when } from './when.ts';

const mostListed = 100;

/** `/:owner/:repo/commit/:sha`, and `/commits/:ref`, the newest of a branch. */
export function commit(app: PageApp): void {
  app.get('/:owner/:repo/commit/:sha', async (c) => {
    const repository = repositoryIn(c);
    const { world } = c.var.site;
    const sha = await resolveCommit(repository.git, c.req.param('sha'));
    if (!sha) throw notFound();
    const found = await commitOf(repository.git, sha);
    const [subject, ...rest] = found.message.split('\n');
    const files = await changedFiles(repository.git, found.parents[0] ?? emptyTree, sha);
    return page(
      c,
      { title: subject ?? sha, repository, tab: 'code' },
      html`<section class="box"><div class="pad"><h1 class="subject">${subject} ${rollupMark(rollup(repository, sha))}</h1>
${rest.join('\n').trim() === '' ? '' : html`<pre class="message">${rest.join('\n').trim()}</pre>`}</div>
<p class="box-head foot">${authorOf(world, found)} <span class="grow">committed ${when(world, found.committer.date)}</span>
<span class="quiet">parents ${found.parents.map((parent) => html`${commitLink(repository, parent)} `)} commit <code>${sha}</code></span></p></section>
${fileDifferences(repository, sha, files, [])}`,
    );
  });

  app.get('/:owner/:repo/commits/:ref{.+}', async (c) => {
    const repository = repositoryIn(c);
    const ref = c.req.param('ref');
    const sha = await resolveCommit(repository.git, ref);
    if (!sha) throw notFound();
    const ids = await listCommits(repository.git, [`--max-count=${mostListed}`, sha]);
    const commits = await Promise.all(ids.map((id) => commitOf(repository.git, id)));
    return page(
      c,
      { title: `Commits of ${ref}`, repository, tab: 'code' },
      html`<h1>Commits of <code>${ref}</code></h1>${commitList(c.var.site.world, repository, commits)}`,
    );
  });
}

/** Commits, each with how its checks stand. */
export function commitList(world: World, repository: Repository, commits: readonly Commit[]): Html {
  return html`<ul class="list">${commits.map(
    (
      one,
    ) => html`<li><div class="grow"><h3><a href="/${fullName(repository)}/commit/${one.oid}">${one.message.split('\n')[0]}</a></h3>
<p class="quiet">${authorOf(world, one)} committed ${when(world, one.committer.date)}</p></div>${rollupMark(rollup(repository, one.oid))} ${commitLink(repository, one.oid)}</li>`,
  )}</ul>`;
}
