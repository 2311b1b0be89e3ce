import { html } from 'hono/html';
import { diffText } from '../git/diff.ts';
import { filesOf, rangeStart } from '../model/pull-request-range.ts';
import type { Repository } from '../model/repository.ts';
import { annotationBox, placeOf, type Remark, remarksOn } from './annotations.ts';
import { fileDifferences } from './file-differences.ts';
import { pullPage } from './pull-frame.ts';
import { reviewForm } from './review-form.ts';
import { type Html, type MaybeHtml, type PageApp, pullRequestIn, repositoryIn } from './site.ts';

/** Lines of a file that are shown around an annotation where the pull request did not change it. */
const around = 3;

/** `/:owner/:repo/pull/:number/files`, and the same as `.diff`. */
export function pullFiles(app: PageApp): void {
  app.get('/:owner/:repo/pull/:number{\\d+}/files', async (c) => {
    const repository = repositoryIn(c);
    const issue = pullRequestIn(c, repository);
    const { headSha } = issue.pull;
    const files = await filesOf(repository, issue);
    const remarks = remarksOn(repository, headSha);
    const changed = new Set(files.map((file) => file.filename));
    const elsewhere = remarks.filter(({ annotation }) => !changed.has(annotation.path));
    return pullPage(
      c,
      repository,
      issue,
      'files',
      html`${fileDifferences(repository, headSha, files, remarks)}
${await unchangedFiles(repository, headSha, elsewhere)}
${issue.state === 'open' ? reviewForm(c, repository, issue) : ''}`,
    );
  });
  app.get('/:owner/:repo/pull/:file{\\d+\\.diff}', async (c) => {
    const repository = repositoryIn(c);
    const number = Number.parseInt(c.req.param('file'), 10);
    const issue = repository.issues.get(number);
    if (!issue?.pull) return c.notFound();
    const text = await diffText(
      repository.git,
      await rangeStart(repository, { ...issue, pull: issue.pull }),
      issue.pull.headSha,
    );
    return c.text(text);
  });
}

async function unchangedFiles(
  repository: Repository,
  sha: string,
  remarks: readonly Remark[],
): Promise<MaybeHtml> {
  if (remarks.length === 0) return '';
  const boxes = await Promise.all(remarks.map((remark) => withLines(repository, sha, remark)));
  return html`<h2>Unchanged files with check annotations</h2>${boxes}`;
}

async function withLines(repository: Repository, sha: string, remark: Remark): Promise<Html> {
  const { path, startLine, endLine } = remark.annotation;
  const object = await repository.git.objects.read(`${sha}:${path}`);
  const lines = object?.type === 'blob' ? object.data.toString().split('\n') : [];
  const first = Math.max(1, startLine - around);
  const shown = lines.slice(first - 1, Math.min(endLine, startLine + 20));
  return html`<section class="box file"><p class="box-head"><code>${placeOf(remark.annotation)}</code></p>
<div class="scroll"><table class="source diff"><tbody>${shown.map((text, index) => html`<tr><td class="line-number">${first + index}</td><td class="line-text">${text}</td></tr>`)}
<tr class="remark"><td colspan="2">${annotationBox(remark)}</td></tr></tbody></table></div></section>`;
}
