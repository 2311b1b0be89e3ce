import { runCommand } from './command.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who runs a server that refuses to be run by root: we ourselves (`'self'`) when we are not root, else the
 * first of these users that the machine has. `undefined` when it has none.
 */
export async function unprivilegedUser(): Promise<User | 'self' | undefined> {
  if (process.getuid?.() !== 0) return 'self';
  for (const name of ['postgres', 'nobody']) {
    const uid = await idOf('-u', name);
    const gid = await idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  return undefined;
}

async function idOf(option: '-u' | '-g', name: string): Promise<number | undefined> {
  const { exitCode, stdout } = await runCommand('id', [option, name]);
  return exitCode === 0 ? Number(stdout.trim()) : undefined;
}
