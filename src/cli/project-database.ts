import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Database, openDatabase } from '../db/database.ts';
import { createMasker, type Masker } from '../secret/masker.ts';
import { type OperatorKeys, operatorKeys } from '../secret/operator-keys.ts';
import { openVaults, readVaults } from '../secret/vault/configuration.ts';
import { withVaultValues } from '../secret/vault/configured-values.ts';
import { findProject } from './project.ts';
import type { Terminal } from './terminal.ts';
import { during } from './waiting.ts';

/** Opens the project's state: the server that DATABASE_URL names, or the folder `.slipway`. Close it afterwards. */
export function openProjectDatabase(terminal: Terminal, masker?: Masker): Promise<Database> {
  return during(terminal, 'Opening the state', async () => {
    const env = await withVaultValues(terminal.env, masker ?? createMasker());
    const { DATABASE_URL: url } = env;
    const keys = keysOf({ env }, masker);
    if (url) return openDatabase({ url, keys });
    const { stateDirectory } = findProject(terminal);
    const database = await openDatabase({ directory: stateDirectory, keys });
    await hideFromGit(dirname(stateDirectory));
    return database;
  });
}

/** The operator's keys, where there are any. */
export function keysOf({ env }: Pick<Terminal, 'env'>, masker = createMasker()): OperatorKeys | undefined {
  if (!env.SLIPWAY_ENCRYPTION_KEY) return undefined;
  const vault = () => openVaults(readVaults(env), masker.add).server('default');
  return operatorKeys(env.SLIPWAY_ENCRYPTION_KEY, { vault, masker });
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
