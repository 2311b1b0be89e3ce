import { html } from 'hono/html';
import type { Account } from '../model/account.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole, roleOf } from '../model/role.ts';
import type { World } from '../model/world.ts';
import { cloneUrl } from '../render/addresses.ts';
import { icon } from './icons.ts';
import { peopleOf } from './people.ts';
import type { Html } from './site.ts';

/** How to get a repository and bring a change back, with a token in the address so that it works as it stands. */
export function cloneHint(world: World, repository: Repository): Html {
  const people = peopleOf(world).filter((one) => includesRole(roleOf(world, repository, one), 'write'));
  const base = repository.defaultBranch;
  return html`<details class="box hint"><summary class="box-head">${icon('code')} Clone, and open a pull request</summary><div class="pad">
<p>As somebody who may push:</p>
${people.map((one) => html`<pre class="shell"><code>${cloneCommand(world, repository, one)}</code></pre>`)}
<p>Then push a branch, and come back here for <b>Compare &amp; pull request</b>:</p>
<pre class="shell"><code>cd ${repository.name}
git switch -c my-change ${base}
git commit -am 'Change something'
git push -u origin my-change</code></pre>
</div></details>`;
}

/** The commits made in the clone are this person's, as GitHub would know them by the address. */
function cloneCommand(world: World, repository: Repository, account: Account): string {
  const settings = { 'user.name': account.name, 'user.email': account.email };
  const flags = Object.entries(settings).map(([key, value]) => `-c ${quoted(`${key}=${value}`)}`);
  return `git clone ${flags.join(' ')} ${withToken(world, repository, account)}`;
}

function quoted(text: string): string {
  return /^[\w.@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function withToken(world: World, repository: Repository, account: Account): string {
  const found = [...world.tokens].find(
    ([, token]) => token.kind === 'user' && token.account.id === account.id,
  );
  const url = new URL(cloneUrl(world, repository));
  if (found) {
    url.username = account.login;
    url.password = found[0];
  }
  return url.href;
}
