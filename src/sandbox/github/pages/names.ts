import { html } from 'hono/html';
import type { Account } from '../model/account.ts';
import type { Label } from '../model/issue.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { Html } from './site.ts';

/** Where an account's page is. */
export function accountPath(account: Account): string {
  return account.type === 'Bot' ? `/apps/${account.login.replace(/\[bot\]$/, '')}` : `/${account.login}`;
}

/** A name with its link, and the badge that bots have. */
export function nameOf(account: Account): Html {
  const bot = account.type === 'Bot';
  const login = bot ? account.login.replace(/\[bot\]$/, '') : account.login;
  return html`<a class="who" href="${accountPath(account)}">${login}</a>${bot ? html` <span class="pill">bot</span>` : ''}`;
}

/** A picture for an account: its first letter on one of eight colours, square for Apps. */
export function avatar(account: Account, size: 'small' | 'large' = 'small'): Html {
  const hue = [...account.login].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 8, 0);
  const shape = account.type === 'User' ? 'round' : 'square';
  return html`<span class="avatar ${size} ${shape} hue-${hue}" aria-hidden="true">${(account.login[0] ?? '?').toUpperCase()}</span>`;
}

/** A commit's short id, with its link. */
export function commitLink(repository: Repository, sha: string): Html {
  return html`<a class="sha" href="/${fullName(repository)}/commit/${sha}">${sha.slice(0, 7)}</a>`;
}

/** A branch, with its link. */
export function branchLink(repository: Repository, branch: string, prefix = ''): Html {
  return html`<a class="ref" href="/${fullName(repository)}/tree/${pathOf(branch)}">${prefix}${branch}</a>`;
}

/** A path as part of an address. */
export function pathOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** An issue's labels. The colour is drawn, because the policy of these pages allows no inline style. */
export function labelsOf(labels: readonly Label[]): Html {
  return html`${labels.map(
    (label) =>
      html` <span class="label" title="${label.description}"><svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="#${label.color.replace(/[^0-9a-f]/gi, '')}"/></svg>${label.name}</span>`,
  )}`;
}

/** An address that a page may link to: `javascript:` and the like are not. Null when there is none. */
export function webAddress(text: string | null): string | null {
  return text && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
}
