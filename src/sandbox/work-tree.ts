import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A person's clone of a repository: what they would do with git in a terminal. */
export interface WorkTree {
  /** Makes the branch anew from the remote's default branch. */
  branch(name: string): Promise<void>;
  /** Writes (or, for undefined, removes) files, commits and pushes the branch. Gives the commit's id. */
  commit(
    message: string,
    files: Readonly<Record<string, string | undefined>>,
    options?: { force?: true },
  ): Promise<string>;
}

export interface WorkTreeOptions {
  readonly directory: string;
  readonly cloneUrl: string;
  readonly user: { readonly login: string; readonly email: string; readonly token: string };
}

const run = promisify(execFile);

/** Clones over HTTP with the person's token. */
export async function cloneWorkTree({ directory, cloneUrl, user }: WorkTreeOptions): Promise<WorkTree> {
  const url = new URL(cloneUrl);
  url.username = user.login;
  url.password = user.token;
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: user.login,
    GIT_AUTHOR_EMAIL: user.email,
    GIT_COMMITTER_NAME: user.login,
    GIT_COMMITTER_EMAIL: user.email,
  };
  await mkdir(dirname(directory), { recursive: true });
  await run('git', ['clone', '--quiet', url.href, directory], { env });
  const git = async (...args: string[]) => (await run('git', args, { cwd: directory, env })).stdout.trim();
  const head = await git('symbolic-ref', '--short', 'refs/remotes/origin/HEAD');

  return {
    async branch(name) {
      await git('fetch', '--quiet', 'origin');
      await git('switch', '--quiet', '--force-create', name, head);
    },
    async commit(message, files, options = {}) {
      for (const [path, text] of Object.entries(files)) {
        const file = join(directory, path);
        if (text === undefined) await rm(file);
        else {
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, text);
        }
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
      await git('push', '--quiet', ...(options.force ? ['--force'] : []), 'origin', 'HEAD');
      return git('rev-parse', 'HEAD');
    },
  };
}
