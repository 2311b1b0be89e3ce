/**
 * The image as a folder: what deploy/Dockerfile copies, copied, and the production packages of package-lock.json in
 * the place of what `npm ci --omit=dev` would install. `run-image.sh` starts it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandResult, runCommand } from '../../src/sandbox/services/command.ts';
import { environmentOf, every, only, parseDockerfile, type Stage, wordsOf } from './dockerfile.ts';

export const top = fileURLToPath(new URL('../../', import.meta.url));
const stages = parseDockerfile(await readFile(join(top, 'deploy/Dockerfile'), 'utf8'));
const final = stages.at(-1)!;
const volume = only(final, 'VOLUME');
const user = only(final, 'USER');

/** What it runs in; when we are ended, so is what is in there. */
export const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL'];

/** What the image says of itself. */
export const image = {
  bases: stages.map(({ base }) => base),
  environment: environmentOf(final),
  port: Number(only(final, 'EXPOSE')),
  user,
  volume,
  healthcheck: wordsOf(only(final, 'HEALTHCHECK')),
};

export interface LaidImage {
  /** The folder that is `/` for what runs in it. */
  readonly root: string;
  start(environment: Readonly<Record<string, string>>): Promise<RunningImage>;
  remove(): Promise<void>;
}

export interface RunningImage {
  log(): string;
  /** Runs a command beside it, as the same user, as `docker exec` does. */
  run(command: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** SIGTERM; gives what it exits with. */
  stop(): Promise<number | null>;
}

/** Lays the image out below the system's temporary folder. */
export async function layImage(): Promise<LaidImage> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  const root = join(folder, 'root');
  await chmod(folder, 0o755);
  for (const name of ['upper/local/bin', 'work', 'root/usr', 'root/proc', 'root/dev', 'root/tmp', 'root/etc'])
    await mkdir(join(folder, name), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(root, name));
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  await link('.', [process.execPath], join(folder, 'upper/local/bin'));

  const allowed = await contextOf(join(top, '.dockerignore'));
  for (const source of stages.flatMap(sourcesOf))
    if (!allowed.has(source)) throw new Error(`.dockerignore leaves out ${source}`);
  let cwd = '/';
  for (const { name, rest } of final.instructions) {
    if (name === 'WORKDIR') {
      cwd = rest;
      await mkdir(join(root, cwd), { recursive: true });
    }
    if (name !== 'COPY') continue;
    const [from, ...words] = rest.startsWith('--from=') ? rest.split(/\s+/) : ['', ...rest.split(/\s+/)];
    const to = words.pop()!;
    if (from === '--from=dependencies') await putPackages(join(root, cwd, to));
    else {
      for (const source of words) {
        const target = to.endsWith('/') ? join(to, basename(source)) : to;
        await cp(join(top, source), join(root, cwd, target), { recursive: true });
      }
    }
  }
  return {
    root,
    start: (environment) => start(folder, environment),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a stage copies from the checkout. */
function sourcesOf(stage: Stage): string[] {
  return every(stage, 'COPY').flatMap((rest) =>
    rest.startsWith('--from=') ? [] : rest.split(/\s+/).slice(0, -1),
  );
}

/** What is sent to the engine: only what is named after the line that leaves out everything. */
async function contextOf(file: string): Promise<Set<string>> {
  const [first, ...lines] = (await readFile(file, 'utf8')).split('\n').filter((l) => l && !l.startsWith('#'));
  if (first !== '*' || lines.some((line) => !line.startsWith('!')))
    throw new Error('.dockerignore is to leave out everything, and to name what is let in');
  return new Set(lines.map((line) => line.slice(1)));
}

/** The packages that package-lock.json does not mark as of development, and what the stage does with them besides. */
async function putPackages(target: string): Promise<void> {
  const stage = stages.find(({ name }) => name === 'dependencies')!;
  const [install, ...rest] = every(stage, 'RUN');
  if (!install?.startsWith('npm ci --omit=dev '))
    throw new Error('only what is needed at run time is installed');
  const lock = JSON.parse(await readFile(join(top, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  const names = Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path.lastIndexOf('node_modules/') === 0 && !dev && !devOptional)
    .map(([path]) => path);
  const inside = join(target, '..');
  await link(top, ['--parents', ...names], inside);
  for (const command of rest) await succeed('sh', ['-ec', command], { folder: inside });
}

/** Copies without copying, where that can be: nothing of it is ever written to. */
async function link(from: string, names: readonly string[], to: string): Promise<void> {
  const command = 'to=$0; cp -a --link -t "$to" "$@" 2>/dev/null || cp -a --remove-destination -t "$to" "$@"';
  await succeed('sh', ['-ec', command, to, ...names], { folder: from });
}

async function succeed(...command: Parameters<typeof runCommand>): Promise<void> {
  const { exitCode, stderr } = await runCommand(...command);
  if (exitCode !== 0) throw new Error(`${command[0]} ${command[1].join(' ')}: ${stderr}`);
}

async function start(folder: string, given: Readonly<Record<string, string>>): Promise<RunningImage> {
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/home/node',
    ...image.environment,
    ...given,
  };
  const script = fileURLToPath(new URL('run-image.sh', import.meta.url));
  const commands = every(final, 'RUN').join('\n');
  const words = [...wordsOf(only(final, 'ENTRYPOINT')), ...wordsOf(only(final, 'CMD'))];
  const [program, ...args] = [...namespaces, script, folder, commands, volume, user, ...words];
  const child = spawn(program!, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  // Left behind, it would keep its port for ever.
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const ended = once(child, 'exit') as Promise<[number | null]>;
  /** The first process in there: where it would be alone in a container, too. */
  const first = async () =>
    (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim().split(' ')[0]!;
  return {
    log: () => log,
    async run(command, more = {}) {
      const [uid = '', gid = ''] = user.split(':');
      const within = ['--target', await first(), '--mount', '--pid', '--root', '--wd', '--setgid', gid];
      const variables = Object.entries({ ...environment, ...more }).map(
        ([name, value]) => `${name}=${value}`,
      );
      return runCommand('nsenter', [...within, '--setuid', uid, 'env', '-i', ...variables, ...command]);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null)
        process.kill(Number(await first()), 'SIGTERM');
      const [code] = await ended;
      process.off('exit', onExit);
      return code;
    },
  };
}
