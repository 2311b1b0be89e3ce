import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { SlipwayError } from '../../base/error.ts';
import { aptInstall } from './apt-package.ts';
import { lastLine, runCommand } from './command.ts';
import { startServer } from './server-process.ts';
import { type Found, missing, type Service } from './service.ts';
import { type User, unprivilegedUser } from './unprivileged-user.ts';
import { pathFolders } from './which.ts';

const OLDEST = 15;
/** Debian and its relatives keep each major version's programs here, and off PATH. */
const VERSIONS_FOLDER = '/usr/lib/postgresql';
const SUPERUSER = 'slipway';

/** PostgreSQL on a cluster of its own in a temporary folder, without fsync unless told: fast, and gone when it stops. */
export const postgres: Service = {
  name: 'postgres',
  title: 'PostgreSQL',
  remedy: `Install PostgreSQL ${OLDEST} or later, so that postgres and initdb are on PATH or below ${VERSIONS_FOLDER}`,

  async find(onProgress) {
    const here = await findProgram();
    if (here !== undefined) return runnable(here);
    const problem = await aptInstall('postgresql', onProgress);
    if (problem !== undefined)
      return missing(`there is no PostgreSQL ${OLDEST} or later here, and ${problem}`);
    const installed = await findProgram();
    return installed === undefined
      ? missing(`the distribution's PostgreSQL is older than ${OLDEST}`)
      : runnable(installed);
  },

  async start(found, options) {
    const user = await unprivilegedUser();
    if (user === undefined) throw new SlipwayError('service-missing', { summary: NO_USER });
    const dataFolder = await mkdtemp(join(tmpdir(), 'slipway-postgres-'));
    const password = randomBytes(12).toString('hex');
    const as = user === 'self' ? {} : { user };
    await initialise(join(dirname(found.program), 'initdb'), dataFolder, password, user);

    const urlAt = (port: number) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
    const server = await startServer({
      name: 'postgres',
      program: found.program,
      arguments: (port) => [
        '-D',
        dataFolder,
        '-p',
        String(port),
        ...settings(options.durable ? DURABLE : SETTINGS),
      ],
      environment: ENVIRONMENT,
      ...as,
      ready: /ready to accept connections/,
      portTaken: /in use/i,
      probe: async (port) => {
        const client = new pg.Client({ connectionString: urlAt(port) });
        await client.connect();
        await client.end();
      },
      // SIGTERM would wait for every client to leave.
      stopSignal: 'INT',
      dataFolder,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    return {
      name: 'postgres',
      url: urlAt(server.port),
      environment: { DATABASE_URL: urlAt(server.port) },
      pid: server.pid,
      stop: server.stop,
      // 'Immediate', as PostgreSQL calls it: its processes end at once, and the next start recovers.
      crash: () => server.crash('SIGQUIT'),
    };
  },
};

const NO_USER = 'PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as';

const DURABLE = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };

const SETTINGS = { ...DURABLE, fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Its messages are read, so they must be in English whatever the machine speaks. */
const ENVIRONMENT = { LC_ALL: 'C' };

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Makes the cluster's files, owned by who will run it. The folder is removed again when that fails. */
async function initialise(initdb: string, dataFolder: string, password: string, user: User | 'self') {
  const passwordFile = `${dataFolder}.password`;
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user !== 'self') {
      await chown(dataFolder, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    const args = ['-D', dataFolder, '-U', SUPERUSER, '--encoding=UTF8', '--no-locale', '--no-sync'];
    const result = await runCommand(initdb, [...args, '--auth=scram-sha-256', `--pwfile=${passwordFile}`], {
      environment: ENVIRONMENT,
      folder: dataFolder,
      ...(user === 'self' ? {} : { user }),
    });
    if (result.exitCode === 0) return;
    throw new SlipwayError('service-failed', {
      summary: `postgres did not start: initdb failed: ${lastLine(result.stderr)}`,
      detail: result.stderr.trim(),
    });
  } catch (error) {
    await rm(dataFolder, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function runnable(found: Found) {
  return (await unprivilegedUser()) === undefined ? missing(NO_USER) : found;
}

/** The first suitable version: PATH's, else the newest of the distribution's. */
async function findProgram(): Promise<Found | undefined> {
  const versions = await readdir(VERSIONS_FOLDER).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  for (const folder of [...pathFolders(), ...newestFirst.map((v) => join(VERSIONS_FOLDER, v, 'bin'))]) {
    // Both, from one version: a folder may hold the client's programs only.
    const initdb = await versionOf(join(folder, 'initdb'));
    const program = join(folder, 'postgres');
    const version = initdb === undefined ? undefined : await versionOf(program);
    if (version === undefined || version !== initdb || Number.parseInt(version, 10) < OLDEST) continue;
    return { kind: 'found', version, origin: 'path', program, arguments: [], environment: {} };
  }
  return undefined;
}

async function versionOf(program: string): Promise<string | undefined> {
  const { exitCode, stdout } = await runCommand(program, ['--version']);
  return exitCode === 0 ? /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1] : undefined;
}
