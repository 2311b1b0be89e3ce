/** OPA itself: found on PATH, or made by Go, which takes minutes once. */
import { join } from 'node:path';
import { cacheFolder } from '../src/sandbox/services/cache-folder.ts';
import { lastLine, runCommand } from '../src/sandbox/services/command.ts';
import { installOnce } from '../src/sandbox/services/install-once.ts';
import { startServer } from '../src/sandbox/services/server-process.ts';
import { type Missing, missing } from '../src/sandbox/services/service.ts';
import { which } from '../src/sandbox/services/which.ts';

const version = '1.22.2';
const module = `github.com/open-policy-agent/opa@v${version}`;
const madeWithinMs = 20 * 60_000;

export interface Opa {
  readonly kind: 'found';
  /** Builds a bundle of files of a folder. */
  build(folder: string, args: readonly string[]): Promise<void>;
  /** Serves files of a folder on loopback. */
  serve(folder: string, files: readonly string[]): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

export async function findOpa(): Promise<Opa | Missing> {
  const onPath = await which('opa');
  if (
    onPath !== undefined &&
    (await runCommand(onPath, ['version'])).stdout.includes(`Version: ${version}\n`)
  ) {
    return opa(onPath);
  }
  const go = await which('go');
  if (go === undefined) return missing(`there is neither opa ${version} nor go on PATH`);
  const folder = join(cacheFolder(), 'services', `opa-${version}`);
  try {
    await installOnce(folder, async (into) => {
      const environment = { GOBIN: into };
      const { exitCode, stderr } = await runCommand(go, ['install', module], {
        environment,
        timeoutMs: madeWithinMs,
      });
      if (exitCode !== 0) throw new Error(lastLine(stderr) || 'it was ended');
    });
  } catch (error) {
    return missing(`go could not install ${module}: ${(error as Error).message}`);
  }
  return opa(join(folder, 'opa'));
}

function opa(program: string): Opa {
  return {
    kind: 'found',
    async build(folder, args) {
      const { exitCode, stderr } = await runCommand(program, ['build', ...args], { folder });
      if (exitCode !== 0) throw new Error(stderr);
    },
    async serve(folder, files) {
      const server = await startServer({
        name: 'opa',
        program,
        arguments: (port) => [
          'run',
          '--server',
          '--disable-telemetry',
          `--addr=127.0.0.1:${port}`,
          ...files.map((file) => join(folder, file)),
        ],
        environment: {},
        ready: /Initializing server/,
        portTaken: /in use/i,
        probe: async (port) => {
          const answer = await fetch(`http://127.0.0.1:${port}/health`);
          if (!answer.ok) throw new Error(`it answered ${answer.status}`);
        },
        stopSignal: 'TERM',
      });
      return { url: `http://127.0.0.1:${server.port}`, stop: server.stop };
    },
  };
}
