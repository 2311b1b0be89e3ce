import { readFile } from 'node:fs/promises';
import { runCommand } from './command.ts';
import { pythonPackage } from './python-package.ts';
import { startServer } from './server-process.ts';
import type { Found, Service } from './service.ts';
import { which } from './which.ts';

const WANTED = '5.2';

/** AWS, as emulated by moto (`moto_server`). */
export const moto: Service = {
  name: 'moto',
  title: 'AWS emulator (moto)',
  remedy: `Install Python 3.10 or later with pip, or put moto_server ${WANTED} on PATH: pip install 'moto[server]==${WANTED}.*'`,

  async find(onProgress) {
    const onPath = await findOnPath();
    if (onPath?.version.startsWith(`${WANTED}.`)) return onPath;
    if (onPath !== undefined) {
      onProgress?.(`moto ${onPath.version} on PATH is not ${WANTED}, which Slipway is tested with`);
    }
    const installed = await pythonPackage(`moto-${WANTED}`, `moto[server]==${WANTED}.*`, onProgress);
    if (installed.kind === 'missing') return installed;
    const environment = { PYTHONPATH: installed.folder };
    return {
      kind: 'found',
      version: (await versionOf(installed.python, environment)) ?? WANTED,
      origin: 'cache',
      program: installed.python,
      arguments: ['-m', 'moto.server'],
      environment,
    };
  },

  async start(found, options) {
    const server = await startServer({
      name: 'moto',
      program: found.program,
      arguments: (port) => [...found.arguments, '-H', '127.0.0.1', '-p', String(port)],
      environment: {
        ...found.environment,
        PYTHONUNBUFFERED: '1',
        // People's templates name AWS's own policies. They cost a second at the first question of IAM.
        MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
        ...(options.strict === false ? {} : STRICT),
      },
      ready: /Running on http/,
      portTaken: /in use/i,
      probe: async (port) => {
        const response = await fetch(`http://127.0.0.1:${port}/moto-api/data.json`);
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`it answered ${response.status}`);
      },
      stopSignal: 'TERM',
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const url = `http://127.0.0.1:${server.port}`;
    return {
      name: 'moto',
      url,
      environment: {
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
        AWS_REGION: 'eu-west-1',
      },
      pid: server.pid,
      stop: server.stop,
    };
  },
};

/**
 * moto knows real image ids in every region (`DescribeImages` lists them, and the public SSM parameters
 * lead to them) and the real instance types, so both can be checked. Its key pair check is left off: it
 * refuses instances that name no key pair at all.
 */
const STRICT = {
  MOTO_ENABLE_AMI_VALIDATION: 'true',
  MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true',
};

async function findOnPath(): Promise<Found | undefined> {
  const program = await which('moto_server');
  if (program === undefined) return undefined;
  const version = await versionOf(await interpreterOf(program), {});
  if (version === undefined) return undefined;
  return { kind: 'found', version, origin: 'path', program, arguments: [], environment: {} };
}

/** moto_server has no `--version`: its Python is asked, which its first line names when a launcher does not. */
async function interpreterOf(script: string): Promise<string> {
  const firstLine = (await readFile(script, 'utf8')).split('\n', 1)[0] ?? '';
  return /^#!(\S*python[\d.]*)$/.exec(firstLine)?.[1] ?? 'python3';
}

async function versionOf(python: string, environment: Record<string, string>): Promise<string | undefined> {
  const script = 'from importlib.metadata import version; print(version("moto"))';
  const { exitCode, stdout } = await runCommand(python, ['-c', script], { environment });
  return exitCode === 0 ? stdout.trim() : undefined;
}
