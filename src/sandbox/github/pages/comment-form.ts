import { html } from 'hono/html';
import type { Issue } from '../model/issue.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { Form } from './form.ts';
import { personChoice } from './people.ts';
import type { Html, PageContext } from './site.ts';

/** The box to comment in, which also closes and opens again. `typed` is what was in it when it was refused. */
export function commentForm(c: PageContext, repository: Repository, issue: Issue, typed?: Form): Html {
  const kind = issue.pull ? 'pull' : 'issues';
  const word = issue.pull ? 'pull request' : 'issue';
  const button =
    issue.state === 'open'
      ? html`<button class="button" name="state" value="closed">Close ${word}</button>`
      : issue.pull?.mergedAt
        ? ''
        : html`<button class="button" name="state" value="open">Reopen ${word}</button>`;
  return html`<form class="box pad" method="post" action="/${fullName(repository)}/${kind}/${issue.number}/comment">
<h2>Add a comment</h2>
<textarea name="body" rows="4" aria-label="Comment" placeholder="Markdown. For instance: approve">${typed && !typed.event ? (typed.body ?? '') : ''}</textarea>
<p class="bar">${personChoice(c)}<span class="grow"></span>${button}<button class="button primary">Comment</button></p></form>`;
}
