import { html } from 'hono/html';
import type { Annotation, CheckRun } from '../model/check.ts';
import { checkRunsOn } from '../model/checks-on-commit.ts';
import type { Repository } from '../model/repository.ts';
import { type IconName, icon } from './icons.ts';
import type { Html } from './site.ts';

/** An annotation, and the check that made it. */
export interface Remark {
  readonly annotation: Annotation;
  readonly run: CheckRun;
}

/** What the newest checks of a commit remark on its files. */
export function remarksOn(repository: Repository, sha: string): Remark[] {
  return checkRunsOn(repository, sha, 'latest').flatMap((run) =>
    run.annotations.map((annotation) => ({ annotation, run })),
  );
}

const looks: Readonly<Record<Annotation['level'], { readonly sign: IconName; readonly word: string }>> = {
  failure: { sign: 'cross', word: 'Failure' },
  warning: { sign: 'warning', word: 'Warning' },
  notice: { sign: 'comment', word: 'Notice' },
};

/** An annotation. `where` says where it points, when that is not plain from where it stands. */
export function annotationBox({ annotation, run }: Remark, where?: Html): Html {
  const { sign, word } = looks[annotation.level];
  return html`<div class="annotation ${annotation.level}">${icon(sign)}<div class="grow">
<p class="quiet">${where ? html`${where} · ` : ''}${word} from <b>${run.name}</b></p>
${annotation.title ? html`<p><b>${annotation.title}</b></p>` : ''}
<p class="words">${annotation.message}</p>
${annotation.rawDetails ? html`<pre>${annotation.rawDetails}</pre>` : ''}</div></div>`;
}

/** `path:line`, or `path:line-line`. */
export function placeOf({ path, startLine, endLine }: Annotation): string {
  return `${path}:${startLine}${endLine === startLine ? '' : `-${endLine}`}`;
}
