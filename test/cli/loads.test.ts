/** What a process of the command line loads: CI and people start hundreds of them, and most wait for nothing else. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const top = fileURLToPath(new URL('../../', import.meta.url));

/** Tells of every package that is loaded, on standard error when the process ends. */
const listing = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const found = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url);
      if (found) packages.add(found[1]);
      return next(url, context);
    },
  });
  process.on('exit', () => console.error(JSON.stringify([...packages])));
`)}`;

async function loadedBy(...args: string[]): Promise<string[]> {
  const ran = promisify(execFile)(process.execPath, ['--import', listing, 'src/cli/main.ts', ...args], {
    cwd: top,
  });
  // A scan that finds something exits with 1.
  const { stderr } = await ran.catch((error: { stderr: string }) => error);
  return JSON.parse(stderr.trim().split('\n').at(-1)!) as string[];
}

const database = ['kysely', '@electric-sql/pglite', 'pg', 'pg-boss'];
const clouds = ['@aws-sdk/client-ec2', '@smithy/core', 'node-vault', '@octokit/rest', 'probot'];

test.each([
  ['the help of all', ['--help'], ['yaml', 'zod', '@bufbuild/cel', 'pino', ...database, ...clouds]],
  ['a check of a template', ['validate', 'test/bench/vpc.yaml'], ['pino', ...database, ...clouds]],
  ['a scan of files', ['policy', 'scan', 'test/bench/vpc.yaml'], ['pino', ...database, ...clouds]],
])('%s needs nothing that takes long to load', async (_, args, unwanted) => {
  const packages = await loadedBy(...args);
  expect(packages).toContain('commander');
  expect(packages.filter((name) => unwanted.includes(name))).toEqual([]);
});
