import type { KeyObject } from 'node:crypto';
import type { Account } from './account.ts';
import type { Repository } from './repository.ts';

export type Level = 'read' | 'write' | 'admin';
/** Permission names as app.yml writes them (`pull_requests`), each with its level. */
export type Permissions = Readonly<Record<string, Level>>;

/** What app.yml says of an App; the fields that matter here. */
export interface AppManifest {
  readonly name?: string;
  readonly description?: string;
  readonly default_events?: readonly string[];
  readonly default_permissions?: Readonly<Record<string, string>>;
}

/** A GitHub App. */
export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly owner: Account;
  /** `slug[bot]`: who the App's comments are by. */
  readonly bot: Account;
  readonly publicKey: KeyObject;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: string;
  readonly hookId: number;
  webhookUrl: string;
  webhookSecret: string;
}

/** An App on an account, with the repositories that it may see. */
export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  readonly createdAt: string;
  /** All repositories of the account, those to come included, or these. */
  repositories: 'all' | Set<number>;
  suspendedAt: string | null;
}

/** What a bearer token stands for. */
export type Token =
  | { readonly kind: 'user'; readonly account: Account }
  | {
      readonly kind: 'installation';
      readonly installation: Installation;
      readonly permissions: Permissions;
      readonly repositories: 'all' | ReadonlySet<number>;
      readonly expiresAt: Date;
    };

/** Whether an installation covers a repository. */
export function coversRepository(installation: Installation, repository: Repository): boolean {
  if (installation.account.id !== repository.owner.id) return false;
  return installation.repositories === 'all' || installation.repositories.has(repository.id);
}
