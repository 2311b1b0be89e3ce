import { html } from 'hono/html';
import type { ReviewEvent } from '../actions/reviews.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { Form } from './form.ts';
import { personChoice } from './people.ts';
import type { Html, PageContext } from './site.ts';

const choices: readonly (readonly [ReviewEvent, string])[] = [
  ['COMMENT', 'Comment'],
  ['APPROVE', 'Approve'],
  ['REQUEST_CHANGES', 'Request changes'],
];

/** The box to review in. `typed` is what was in it when it was refused. */
export function reviewForm(
  c: PageContext,
  repository: Repository,
  issue: PullRequestIssue,
  typed?: Form,
): Html {
  const chosen = typed?.event ?? 'APPROVE';
  return html`<form class="box pad" method="post" action="/${fullName(repository)}/pull/${issue.number}/review">
<h2>Review</h2>
<textarea name="body" rows="3" aria-label="Review" placeholder="Markdown">${typed?.event ? (typed.body ?? '') : ''}</textarea>
<p class="bar">${personChoice(c, { not: issue.author })}<span class="grow"></span>${choices.map(
    ([event, label]) =>
      html`<label><input type="radio" name="event" value="${event}"${event === chosen ? html` checked` : ''}> ${label}</label>`,
  )}<button class="button primary">Submit review</button></p></form>`;
}
