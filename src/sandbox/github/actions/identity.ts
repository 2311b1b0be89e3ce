/**
 * What people and Apps can do, one file a thing. In: the world, who acts, and on what. Each function checks what
 * GitHub checks (and refuses with a {@link refusal}), changes the model and git, and announces the event. REST
 * handlers, pages and seeding call the same functions.
 */
import type { Signature } from '../git/commits.ts';
import type { Account } from '../model/account.ts';
import { timestamp, type World } from '../model/world.ts';

/** The author line of commits that an account makes through the API. */
export function signatureOf(world: World, account: Account): Signature {
  return { name: account.name, email: account.email, date: timestamp(world) };
}

/** The committer of commits that GitHub itself makes, such as merges by the button. */
export function webFlow(world: World): Signature {
  return { name: 'GitHub', email: 'noreply@github.com', date: timestamp(world) };
}
