/** A person, an organisation, or the bot that an App acts as: whatever has a login. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Organization' | 'Bot';
  readonly name: string;
  readonly email: string;
  readonly createdAt: string;
  /** The SSH keys that it publishes. */
  readonly keys: { readonly id: number; readonly key: string }[];
  /** Of organisations: who belongs to it, by lower-case login. */
  readonly members: Map<string, OrganisationMember>;
}

export interface OrganisationMember {
  readonly account: Account;
  readonly role: 'admin' | 'member';
}

/** A team of an organisation. Members of child teams count as members of the parent. */
export interface Team {
  readonly id: number;
  readonly organisation: Account;
  readonly slug: string;
  readonly name: string;
  readonly parent: Team | null;
  readonly createdAt: string;
  /** By lower-case login. */
  readonly members: Map<string, TeamMember>;
}

export interface TeamMember {
  readonly account: Account;
  readonly role: 'maintainer' | 'member';
}
