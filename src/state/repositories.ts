import type { Database } from '../db/database.ts';

/** Under which name Slipway keeps what it knows of a repository: its stacks, their tags in the cloud, its pull requests. */
export interface Repositories {
  /**
   * The name that the repository had when it was first heard of. It keeps it when it is renamed or transferred, so
   * that its stacks stay its stacks. Another repository that is given the free name later has a number behind it:
   * what belongs to the first is never taken for its own.
   *
   * @param id GitHub's number of the repository
   * @param fullName `owner/name`, as it is called now
   */
  keptName(id: number, fullName: string): Promise<string>;
  /** When the repository of this kept name was first heard of. What happened before is none of Slipway's. */
  knownSince(keptName: string): Promise<Date | undefined>;
}

/** Keeps the names in the database. */
export function createRepositories({ kysely }: Database): Repositories {
  const known = new Map<number, string>();
  const named = async (id: number) => {
    const row = await kysely.selectFrom('repository').select('name').where('id', '=', id).executeTakeFirst();
    if (row) known.set(id, row.name);
    return row?.name;
  };
  return {
    async keptName(id, fullName) {
      const earlier = known.get(id) ?? (await named(id));
      if (earlier !== undefined) return earlier;
      // GitHub's names have no `+`.
      for (const name of [fullName, `${fullName}+${id}`]) {
        await kysely
          .insertInto('repository')
          .values({ id, name })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const kept = await named(id);
        if (kept !== undefined) return kept;
      }
      throw new Error(`no name could be kept for the repository ${id}`);
    },
    async knownSince(name) {
      const row = await kysely
        .selectFrom('repository')
        .select('known_since')
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.known_since;
    },
  };
}
