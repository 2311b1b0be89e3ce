import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Database, openDatabase } from '../db/database.ts';
import { findProject } from './project.ts';
import type { Terminal } from './terminal.ts';
import { during } from './waiting.ts';

/** Opens the project's state: the server that DATABASE_URL names, or the folder `.slipway`. Close it afterwards. */
export function openProjectDatabase(terminal: Terminal): Promise<Database> {
  const { DATABASE_URL: url } = terminal.env;
  return during(terminal, 'Opening the state', async () => {
    if (url) return openDatabase({ url });
    const { stateDirectory } = findProject(terminal);
    const database = await openDatabase({ directory: stateDirectory });
    await hideFromGit(dirname(stateDirectory));
    return database;
  });
}

/** State is nothing to commit with `git add .`: git passes over a folder that says so itself. */
async function hideFromGit(folder: string): Promise<void> {
  try {
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere) throw error;
  }
}
