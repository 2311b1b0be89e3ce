import type { Endpoints } from '@octokit/types';
import type { Account } from '../model/account.ts';
import type { Actor } from '../model/actor.ts';
import type { App, Token } from '../model/app.ts';
import type { Repository } from '../model/repository.ts';
import type { Role } from '../model/role.ts';
import type { World } from '../model/world.ts';
import type { Dispatcher } from '../webhooks/dispatch.ts';
import type { RateLimit } from './rate-limit.ts';

/** One API call, after it was matched, authenticated and allowed. */
export interface Call {
  readonly world: World;
  /** Values of the `{names}` in the route, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly accept: string;
  readonly token: Token | null;
  /** Webhooks so far, for the App that they were sent to. */
  readonly hooks: Pick<Dispatcher, 'deliveries' | 'redeliver'>;
  /** Where the caller stands with the rate limit. */
  readonly limit: RateLimit;
  /** Who calls. Refuses with 401 where nobody has signed in. */
  readonly actor: Actor;
  /** The App that calls as itself. Refuses with 401 where it is not one. */
  readonly app: App;
  /** The repository in the path. */
  readonly repository: Repository;
  /** The organisation in the path. */
  readonly organisation: Account;
  /** The caller's role in the repository. */
  readonly role: Role;
  /** The part of a list that was asked for, of 30 or `usual`; the answer gets Link headers for the rest. */
  page<T>(items: readonly T[], usual?: number): T[];
  /** A whole number of the path; 404 where it is none. */
  number(name: string): number;
}

export type RouteName = keyof Endpoints;

/** The JSON of a route's answer, as GitHub publishes its type. */
export type Data<R extends RouteName> = Endpoints[R]['response']['data'];

/** A route's answer. */
export interface Answer<R extends RouteName> {
  /** Where a route answers in several ways, the published type may have only one; 204 is always among them. */
  readonly status: Endpoints[R]['response']['status'] | 204;
  readonly data: Data<R>;
}

/** An answer that is not JSON, where the caller asked for another media type. */
export interface RawAnswer {
  readonly status: 200;
  readonly raw: Buffer | string;
  readonly type: string;
}

/** Whom a route admits. */
export type Access =
  | { readonly scope: 'anyone' }
  | { readonly scope: 'signed-in' }
  | { readonly scope: 'installation' }
  | { readonly scope: 'app' }
  | {
      readonly scope: 'repository' | 'organisation';
      /** What an App's token must allow, as app.yml names it. */
      readonly permission: string | ((call: Call) => string);
      readonly level: 'read' | 'write';
      /** What a person's role must include. */
      readonly role: Role;
    };

/** One route: who may call it, and what it does. */
export interface Route<R extends RouteName> {
  readonly access: Access;
  handle(call: Call): Answer<R> | RawAnswer | Promise<Answer<R> | RawAnswer>;
}

/** Routes of one family by GitHub's own names for them; each answer has the type that GitHub publishes. */
export type RouteTable = { readonly [R in RouteName]?: Route<R> };

/** Admits whoever may see the repository (or, with 'write', change it); an App needs the permission. */
export function onRepository(
  permission: string | ((call: Call) => string),
  level: 'read' | 'write',
  role: Role = level,
): Access {
  return { scope: 'repository', permission, level, role };
}

/** Admits members of the organisation; an App needs the permission. */
export function onOrganisation(permission: string, level: 'read' | 'write'): Access {
  return { scope: 'organisation', permission, level, role: 'read' };
}

/**
 * The permission for the conversation in the path, or for the comment in it: `pull_requests` where it is a pull
 * request's, `issues` where it is not.
 */
export function conversationPermission(call: Call): string {
  const { repository, path } = call;
  const comment = Number(path.comment_id);
  for (const issue of repository.issues.values()) {
    const here =
      path.issue_number === String(issue.number) || issue.comments.some(({ id }) => id === comment);
    if (here) return issue.pull ? 'pull_requests' : 'issues';
  }
  return 'issues';
}

export function ok<T>(data: T): { readonly status: 200; readonly data: T } {
  return { status: 200, data };
}

export function created<T>(data: T): { readonly status: 201; readonly data: T } {
  return { status: 201, data };
}

export function accepted<T>(data: T): { readonly status: 202; readonly data: T } {
  return { status: 202, data };
}

export const noContent = { status: 204, data: undefined as never } as const;
