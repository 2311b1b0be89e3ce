import type { Person } from '../approval/approval.ts';
import type { People } from '../workflow/repository.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { isMember, permissionOf, permissionsOfCollaborators } from './read-person.ts';

/** Of more commits or members than these, GraphQL gives no more in one page. */
const page = 100;

interface Account {
  readonly user: { readonly login: string } | null;
}

interface TeamAnswer {
  /** Null where it does not exist; absent where we may not know. */
  readonly team?: {
    readonly members: {
      readonly totalCount: number;
      readonly nodes: readonly ({ readonly login: string } | null)[] | null;
    };
  } | null;
}

interface Answer {
  readonly repository: {
    readonly pullRequest: {
      readonly commits: {
        readonly totalCount: number;
        readonly nodes:
          | readonly ({
              readonly commit: { readonly author: Account | null; readonly committer: Account | null };
            } | null)[]
          | null;
      };
    };
  };
  readonly [team: `t${number}`]: TeamAnswer | null | undefined;
}

/**
 * Who has commits in a pull request, and what those `logins` may do and which `teams` they are in: one GraphQL query
 * for commits and teams, and a call for the permission of each of up to two people. For more than two there is a
 * list of the repository's collaborators.
 */
export async function readPeople(
  access: RepositoryAccess,
  number: number,
  logins: readonly string[],
  teams: readonly string[],
  allCommitters: () => Promise<readonly string[]>,
): Promise<People> {
  const [answer, permissions] = await Promise.all([
    askGraphql(access, number, teams),
    permissionsOf(access, logins),
  ]);
  const { commits } = answer.repository.pullRequest;
  const members = Object.fromEntries(
    teams.flatMap((team, i): [string, readonly string[]][] => {
      const known = membersOf(answer[`t${i}`]);
      return known ? [[team, known]] : [];
    }),
  );
  const missingTeams = teams.filter((_, i) => answer[`t${i}`]?.team === null);
  const committers =
    commits.totalCount > page
      ? await allCommitters()
      : (commits.nodes ?? []).flatMap((node) =>
          [node?.commit.author, node?.commit.committer].flatMap((account) => account?.user?.login ?? []),
        );
  const people = logins.map(async (login): Promise<Person> => {
    const memberOf = teams.map(async (team) => {
      const known = members[team]?.some((member) => member.toLowerCase() === login.toLowerCase());
      return (known ?? (await isMember(access, team, login))) ? [team] : [];
    });
    return {
      login,
      permission: permissions.get(login) ?? 'none',
      teams: (await Promise.all(memberOf)).flat(),
    };
  });
  return {
    committers: [...new Set(committers)].sort(),
    people: await Promise.all(people),
    members,
    missingTeams,
  };
}

/** Undefined where the list is not complete. A team that does not exist has nobody in it. */
function membersOf(answer: TeamAnswer | null | undefined): readonly string[] | undefined {
  if (!answer) return undefined;
  if (!answer.team) return [];
  const { totalCount, nodes } = answer.team.members;
  return totalCount > page ? undefined : (nodes ?? []).flatMap((node) => node?.login ?? []);
}

async function askGraphql(
  { octokit, owner, repo }: RepositoryAccess,
  number: number,
  teams: readonly string[],
): Promise<Answer> {
  const declared = teams.map((_, i) => `, $o${i}: String!, $s${i}: String!`).join('');
  // Members of the teams below count, as they do for GitHub.
  const fields = teams.map(
    (_, i) =>
      `t${i}: organization(login: $o${i}) { team(slug: $s${i}) { members(first: ${page}, membership: ALL) { totalCount nodes { login } } } }`,
  );
  const query = `query ($owner: String!, $repo: String!, $number: Int!${declared}) {
    repository(owner: $owner, name: $repo) {
      pullRequest(number: $number) {
        commits(first: ${page}) {
          totalCount
          nodes { commit { author { user { login } } committer { user { login } } } }
        }
      }
    }
    ${fields.join('\n')}
  }`;
  const named = teams.flatMap((team, i) => {
    const [organisation = '', slug = ''] = team.replace(/^@/, '').toLowerCase().split('/');
    return [
      [`o${i}`, organisation],
      [`s${i}`, slug],
    ];
  });
  try {
    return await octokit.graphql<Answer>(query, { owner, repo, number, ...Object.fromEntries(named) });
  } catch (error) {
    // An organisation that is not there, or does not let us look, is asked about in another way: person by person.
    const partial = error as { data?: Answer | null; errors?: readonly { path?: readonly unknown[] }[] };
    const onlyTeams = partial.errors?.every(({ path }) => /^t\d+$/.test(String(path?.[0])));
    if (!partial.data?.repository?.pullRequest || !onlyTeams) throw error;
    // What is null because it was refused does not say that there is no such team.
    const refused = (partial.errors ?? []).filter(({ path }) => path?.[1] === 'team');
    return { ...partial.data, ...Object.fromEntries(refused.map(({ path }) => [String(path?.[0]), {}])) };
  }
}

/** So many are asked about one by one. */
const fewPeople = 2;

async function permissionsOf(
  access: RepositoryAccess,
  logins: readonly string[],
): Promise<ReadonlyMap<string, Person['permission']>> {
  const listed =
    logins.length > fewPeople
      ? await permissionsOfCollaborators(access)
      : new Map<string, Person['permission']>();
  const all = logins.map(async (login) => {
    return [login, listed.get(login.toLowerCase()) ?? (await permissionOf(access, login))] as const;
  });
  return new Map(await Promise.all(all));
}
