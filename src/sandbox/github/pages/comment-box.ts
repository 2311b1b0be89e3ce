import { html } from 'hono/html';
import type { Account } from '../model/account.ts';
import { type Reaction, type ReactionContent, reactionContents } from '../model/issue.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { associationOf } from '../model/role.ts';
import { icon } from './icons.ts';
import { markdown } from './markdown.ts';
import { avatar, nameOf } from './names.ts';
import { personChoice } from './people.ts';
import { referencesIn } from './references.ts';
import type { Html, MaybeHtml, PageContext } from './site.ts';
import { when } from './when.ts';

/** What a box of somebody's words shows, be it a description, a comment or a review. */
export interface Words {
  /** By which its history is known. */
  readonly id: number;
  /** What `#…` in an address leads to. */
  readonly anchor: string;
  readonly author: Account;
  readonly at: string;
  readonly body: string | null;
  /** What the author did: 'commented' unless told. */
  readonly verb?: MaybeHtml;
  /** Why it is hidden. */
  readonly minimised?: string | null;
  /** What its menu can do; there is no menu without. */
  readonly change?: {
    readonly to: string;
    readonly reactions: readonly Reaction[];
    readonly deletes: boolean;
    /** Of the description: what is edited beside the text. */
    readonly title?: string;
  };
}

/** The box. `starter` is who opened the conversation, whose words are marked as the author's. */
export function commentBox(c: PageContext, repository: Repository, starter: Account, words: Words): Html {
  const { world, history } = c.var.site;
  const edits = history.editsOf(words.id);
  const association = associationOf(repository, words.author);
  const times = edits
    ? `edited ${edits.times === 1 ? 'once' : `${edits.times} times`}, last by ${edits.last.login}`
    : '';
  const head = html`${nameOf(words.author)} ${words.verb ?? 'commented'} <a class="quiet" href="#${words.anchor}">${when(world, words.at)}</a>${
    edits ? html` <span class="quiet" title="${times}">· edited</span>` : ''
  }<span class="grow"></span>${words.author.id === starter.id ? html`<span class="pill">Author</span>` : ''}${
    association === 'NONE' || words.author.type === 'Bot'
      ? ''
      : html`<span class="pill">${inWords(association)}</span>`
  }${words.change ? menu(c, words, words.change) : ''}`;
  const body = html`<div class="markdown pad">${
    words.body?.trim()
      ? markdown(words.body, { kind: 'comment', references: referencesIn(world, repository) })
      : html`<p class="quiet"><i>No description provided.</i></p>`
  }</div>${words.change ? reactionRow(words.change.reactions) : ''}`;
  return html`<article class="said" id="${words.anchor}">${avatar(words.author, 'large')}<div class="box">${
    words.minimised
      ? html`<details><summary class="box-head">${head} <span class="quiet">This comment was marked as ${words.minimised.toLowerCase()}.</span></summary>${body}</details>`
      : html`<div class="box-head">${head}</div>${body}`
  }</div></article>`;
}

function inWords(association: string): string {
  return `${association[0]}${association.slice(1).toLowerCase()}`;
}

const signs: Readonly<Record<ReactionContent, string>> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  hooray: '🎉',
  confused: '😕',
  heart: '❤️',
  rocket: '🚀',
  eyes: '👀',
};

function reactionRow(reactions: readonly Reaction[]): MaybeHtml {
  if (reactions.length === 0) return '';
  return html`<p class="reactions">${reactionContents.flatMap((content) => {
    const by = reactions.filter((one) => one.content === content).map((one) => one.author.login);
    return by.length === 0
      ? []
      : [html`<span class="reaction" title="${by.join(', ')}">${signs[content]} ${by.length}</span>`];
  })}</p>`;
}

function menu(c: PageContext, words: Words, { to, deletes, title }: NonNullable<Words['change']>): Html {
  return html`<details class="menu right"><summary aria-label="More">${icon('menu')}</summary><div class="menu-list wide">
<form method="post" action="${to}/reactions"><p>${reactionContents.map((content) => html`<button class="bare" name="content" value="${content}" aria-label="React with ${content}">${signs[content]}</button>`)}</p><p>${personChoice(c)}</p></form>
<form method="post" action="${to}/edit">
${title === undefined ? '' : html`<label>Title<input class="wide" name="title" required maxlength="256" value="${title}"></label>`}
<label>Text<textarea name="body" rows="6">${words.body ?? ''}</textarea></label>
<p class="bar">${personChoice(c, { first: words.author })}<span class="grow"></span>${
    deletes
      ? html`<button class="button danger" formaction="${to}/delete" formnovalidate>Delete</button>`
      : ''
  }<button class="button primary">Save</button></p></form>
</div></details>`;
}

/** Where a comment's forms post to. */
export function commentPath(repository: Repository, id: number): string {
  return `/${fullName(repository)}/comments/${id}`;
}
