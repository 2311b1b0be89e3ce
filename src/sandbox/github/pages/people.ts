import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { refusal } from '../http/refusal.ts';
import type { Account } from '../model/account.ts';
import { type Actor, person } from '../model/actor.ts';
import { findAccount, type World } from '../model/world.ts';
import type { Html, PageContext } from './site.ts';

const cookie = 'sandbox_person';

/** Everybody as whom one can act. */
export function peopleOf(world: World): Account[] {
  return [...world.accounts.values()].filter((account) => account.type === 'User');
}

/** The person that a form names. The browser remembers it for the next form. */
export function actorIn(c: PageContext, login: string): Actor {
  const account = findAccount(c.var.site.world, login);
  if (account?.type !== 'User') throw refusal(422, 'Choose as which person to act.');
  setCookie(c, cookie, account.login, { path: '/', sameSite: 'Strict', httpOnly: true });
  return person(account);
}

/**
 * A choice of the person as whom a form acts: the one that is to come `first` where a page knows better, else who
 * acted last, unless it is better `not` to be that one.
 */
export function personChoice(
  c: PageContext,
  options: { readonly first?: Account; readonly not?: Account } = {},
): Html {
  const people = peopleOf(c.var.site.world);
  const last = getCookie(c, cookie);
  const fitting = people.filter((one) => one.id !== options.not?.id);
  // An App's bot may be who comes first; nobody can act as that one.
  const first = people.find((one) => one.id === options.first?.id);
  const chosen = first ?? fitting.find((one) => one.login === last) ?? fitting[0] ?? people[0];
  return html`<label class="person">as <select name="as" aria-label="As which person">${people.map(
    (one) => html`<option value="${one.login}"${one === chosen ? html` selected` : ''}>${one.login}</option>`,
  )}</select></label>`;
}
