import pLimit from 'p-limit';
import type { Notice } from '../../provider.ts';
import type { Directory } from './directory.ts';
import { readSshPublicKey, type SshPublicKey } from './ssh-public-key.ts';

/** Whom a template declares. */
export interface Declared {
  /** Logins. */
  readonly users: readonly string[];
  /** `@acme/infra` */
  readonly teams: readonly string[];
  /** Whether whoever publishes no key is trusted in vain. */
  readonly needKeys: boolean;
  readonly minimumRsaBits: number;
}

export interface TrustedPeople {
  /** Login → the keys of theirs that are good enough, sorted; also of who has none. */
  readonly people: ReadonlyMap<string, readonly SshPublicKey[]>;
  /** Who and what was left out. */
  readonly notices: readonly Notice[];
}

/** Each is a call, at every plan and every look for drift. */
const mostPeople = 100;

const atOnce = 8;

/**
 * Who the declared people are now and which keys they publish. Whoever has lost their access to the repository is left
 * out though a template still names them: a login is for ever, and access is not.
 */
export async function trustedPeople(
  directory: Directory,
  { users, teams, needKeys, minimumRsaBits }: Declared,
): Promise<TrustedPeople> {
  const limit = pLimit(atOnce);
  const [named, members] = await Promise.all([
    Promise.all(users.map((login) => limit(async () => ({ login, isIn: await directory.hasAccess(login) })))),
    Promise.all(teams.map(async (team) => ({ team, logins: await directory.members(team) }))),
  ]);
  const logins = new Set([
    ...named.flatMap(({ login, isIn }) => (isIn ? [login] : [])),
    ...members.flatMap((one) => one.logins ?? []),
  ]);
  const notices: Notice[] = [
    ...named.flatMap(({ login, isIn }) => (isIn ? [] : [withoutAccess(login)])),
    ...members.flatMap(({ team, logins: found }) => (found ? [] : [noSuchTeam(team)])),
  ];
  if (logins.size > mostPeople) return { people: new Map(), notices: [...notices, tooMany(logins.size)] };
  const published = await Promise.all(
    [...logins].sort().map((login) =>
      limit(async () => {
        const good: SshPublicKey[] = [];
        const left: Notice[] = [];
        for (const line of await directory.keys(login)) {
          const key = readSshPublicKey(line);
          const flaw = key ? flawOf(key, minimumRsaBits) : 'is of a kind that is not trusted';
          if (key && flaw === undefined) good.push(key);
          else left.push(leftOut(login, key, flaw!));
        }
        return { login, good: good.sort((a, b) => (a.text < b.text ? -1 : 1)), left };
      }),
    ),
  );
  for (const { login, good, left } of published) {
    notices.push(...left);
    if (good.length === 0 && needKeys) notices.push(withoutKeys(login));
  }
  return { people: new Map(published.map(({ login, good }) => [login, good])), notices };
}

function flawOf({ bits }: SshPublicKey, minimumRsaBits: number): string | undefined {
  return bits !== undefined && bits < minimumRsaBits
    ? `has ${bits} bits, fewer than ${minimumRsaBits}`
    : undefined;
}

function leftOut(login: string, key: SshPublicKey | undefined, flaw: string): Notice {
  return {
    severity: 'warning',
    summary: `a key of ${login}'s is left out: ${key ? `${key.kind} ${key.fingerprint}` : 'it'} ${flaw}`,
    remedy: `${login} can publish another one at GitHub: ssh-keygen -t ed25519 makes it.`,
  };
}

function withoutKeys(login: string): Notice {
  return {
    severity: 'warning',
    summary: `${login} publishes no key that could be trusted`,
    remedy: `${login} can add one at GitHub, among the SSH keys of their settings.`,
  };
}

function withoutAccess(login: string): Notice {
  return {
    severity: 'warning',
    summary: `${login} has no access to the repository, and is left out`,
    remedy: 'Take the login out of Users, or give the person access to the repository.',
  };
}

function noSuchTeam(team: string): Notice {
  return {
    severity: 'error',
    summary: `the repository's owner has no team ${team}`,
    remedy: 'Name a team of the organisation that has the repository, such as @acme/infra.',
  };
}

function tooMany(count: number): Notice {
  return {
    severity: 'error',
    summary: `${count} people would be trusted, and ${mostPeople} can be`,
    remedy: 'Name a smaller team.',
  };
}
