import { html } from 'hono/html';
import type { Issue } from '../model/issue.ts';
import { type IconName, icon } from './icons.ts';
import type { Html } from './site.ts';

interface StateLook {
  readonly name: 'open' | 'draft' | 'merged' | 'closed' | 'done';
  readonly word: string;
  readonly sign: IconName;
}

function stateOf(issue: Issue): StateLook {
  if (!issue.pull) {
    return issue.state === 'open'
      ? { name: 'open', word: 'Open', sign: 'issue' }
      : { name: 'done', word: 'Closed', sign: 'check' };
  }
  if (issue.pull.mergedAt) return { name: 'merged', word: 'Merged', sign: 'merged' };
  if (issue.state === 'closed') return { name: 'closed', word: 'Closed', sign: 'pull' };
  return issue.pull.draft
    ? { name: 'draft', word: 'Draft', sign: 'pull' }
    : { name: 'open', word: 'Open', sign: 'pull' };
}

/** Open, draft, merged or closed, as the badge below a title. */
export function stateBadge(issue: Issue): Html {
  const { name, word, sign } = stateOf(issue);
  return html`<span class="state ${name}">${icon(sign)} ${word}</span>`;
}

/** The same as a sign in a list. */
export function stateIcon(issue: Issue): Html {
  const { name, word, sign } = stateOf(issue);
  return html`<span class="state-icon ${name}" title="${word}">${icon(sign)}<span class="unseen">${word}</span></span>`;
}
