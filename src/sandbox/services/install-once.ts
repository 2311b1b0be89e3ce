import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ABANDONED_AFTER_MS = 15 * 60_000;

/**
 * Makes `folder` with `install`, once, however many processes ask at the same time.
 *
 * The installation is made in a folder beside it and renamed when it is whole, so a folder of that name is
 * always complete. The lock only saves the work of doing it twice: were two processes to hold it (one takes
 * over what it wrongly thinks abandoned), the second rename fails and its copy is thrown away.
 */
export async function installOnce(folder: string, install: (into: string) => Promise<void>): Promise<void> {
  if (await exists(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const release = await takeLock(`${folder}.lock`, folder);
  if (release === undefined) return;
  const partial = `${folder}.partial-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await removeAbandonedPartials(folder);
    await mkdir(partial);
    await install(partial);
    await rename(partial, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
    await release();
  }
}

/** What installations left that were killed half-way. */
async function removeAbandonedPartials(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : undefined;
    if (owner === undefined || isRunning(owner)) continue;
    // Its installer may have outlived its owner and still be writing: the next installation tries again.
    await rm(join(dirname(folder), name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Resolves with the lock's release, or with `undefined` when somebody else made the folder meanwhile. */
async function takeLock(lock: string, folder: string): Promise<(() => Promise<void>) | undefined> {
  for (;;) {
    if (await exists(folder)) return undefined;
    const taken = await writeFile(lock, String(process.pid), { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (taken) return () => rm(lock, { force: true });
    if (await isAbandoned(lock)) await rm(lock, { force: true });
    else await sleep(100);
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lock);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) return true;
    const owner = Number(await readFile(lock, 'utf8'));
    // Empty for the instant between the file's creation and its first byte.
    return owner > 0 && !isRunning(owner);
  } catch {
    // Released just now: taking it is tried next.
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
