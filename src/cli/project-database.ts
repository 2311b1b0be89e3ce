import { type Database, openDatabase } from '../db/database.ts';
import { findProject } from './project.ts';
import type { Terminal } from './terminal.ts';
import { during } from './waiting.ts';

/** Opens the project's state: the server that DATABASE_URL names, or the folder `.slipway`. Close it afterwards. */
export function openProjectDatabase(terminal: Terminal): Promise<Database> {
  const { DATABASE_URL: url } = terminal.env;
  return during(terminal, 'Opening the state', () =>
    openDatabase(url ? { url } : { directory: findProject(terminal).stateDirectory }),
  );
}
