import { html } from 'hono/html';
import type { Commit } from '../git/commits.ts';
import type { World } from '../model/world.ts';
import { accountOfEmail } from '../render/commit.ts';
import { avatar, nameOf } from './names.ts';
import type { Html } from './site.ts';

/** Who wrote a commit: an account where the address is one's, otherwise only the name that git has. */
export function authorOf(world: World, commit: Commit): Html {
  const account = accountOfEmail(world, commit.author.email);
  return account ? html`${avatar(account)} ${nameOf(account)}` : html`<b>${commit.author.name}</b>`;
}
