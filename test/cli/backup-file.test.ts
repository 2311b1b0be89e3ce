/** The file of a backup, where somebody else may have prepared it; and the state that it is made of. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSlipway } from './run-slipway.ts';

let cwd: string;
const run = (...args: string[]) => runSlipway(cwd, {}, ...args);

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'slipway-backup-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

test('one that unpacks to a line without end is refused', async () => {
  const mebibyte = gzipSync(Buffer.alloc(1024 * 1024, 'a'));
  await writeFile(join(cwd, 'endless.backup'), Buffer.concat(Array.from({ length: 600 }, () => mebibyte)));
  const { code, err } = await run('restore', 'endless.backup');
  expect(code).not.toBe(0);
  expect(err).toContain('This is not a whole backup');
  expect(err).toContain('a line of it has no end');
});

test('it is never written through a link, and nobody else may read it', async () => {
  const theirs = join(cwd, 'theirs');
  await writeFile(theirs, 'as it was');
  await symlink(theirs, join(cwd, `own.backup.${process.pid}.unfinished`));
  expect((await run('backup', 'own.backup')).err).toContain('cannot be written');
  expect(await readFile(theirs, 'utf8')).toBe('as it was');

  await symlink(theirs, join(cwd, 'own.backup'));
  expect(await run('backup', 'own.backup')).toMatchObject({ code: 0 });
  expect(await readFile(theirs, 'utf8')).toBe('as it was');
  expect((await stat(join(cwd, 'own.backup'))).mode & 0o777).toBe(0o600);
});

test('git does not offer the state for a commit, and a .gitignore that is there stays', async () => {
  execFileSync('git', ['init', '--quiet'], { cwd });
  const seen = () => execFileSync('git', ['status', '--porcelain', '-uall'], { cwd, encoding: 'utf8' });
  expect(await run('backup', 'first.backup')).toMatchObject({ code: 0 });
  expect(seen()).not.toContain('.slipway');
  await writeFile(join(cwd, '.slipway/.gitignore'), '');
  expect(await run('backup', 'second.backup')).toMatchObject({ code: 0 });
  expect(seen()).toContain('.slipway/db');
});
