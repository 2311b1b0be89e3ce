import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { openDatabase } from '../../src/db/database.ts';
import { lockDirectory } from '../../src/db/directory-lock.ts';
import { migrations } from '../../src/db/migrations.ts';
import { runSlipway } from '../cli/run-slipway.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-directory-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

function refusal(from: string): Promise<unknown> {
  return openDatabase({ directory: from }).then(
    () => undefined,
    (error) => error,
  );
}

describe('a database in a directory', () => {
  test('is made with the folders above it, keeps what was written, and can be opened again', async () => {
    const deep = join(directory, 'a', '.slipway', 'db');
    const first = await openDatabase({ directory: deep });
    await first.kysely
      .insertInto('stack_lock')
      .values({ stack: 's', holder: null, fence: 7, ttl_ms: 1, expires_at: new Date() })
      .execute();
    await first.close();
    const again = await openDatabase({ directory: deep });
    expect(await again.kysely.selectFrom('stack_lock').select('fence').execute()).toEqual([{ fence: 7 }]);
    await again.close();
  });

  test('moves to another database by one command', async () => {
    const home = join(directory, 'a');
    const old = await openDatabase({ directory: join(home, '.slipway', 'db') });
    const locked = await runSlipway(directory, {}, 'restore', join(home, '.slipway'));
    expect(locked.err).toContain('is in use by process');
    await old.close();
    const moved = await runSlipway(directory, {}, 'restore', join(home, '.slipway'));
    expect([moved.code, moved.err]).toEqual([0, '']);
    const fresh = await openDatabase({ directory: join(directory, '.slipway', 'db') });
    expect(await fresh.kysely.selectFrom('stack_lock').select(['stack', 'fence']).execute()).toEqual([
      { stack: 's', fence: 7 },
    ]);
    await fresh.close();
  });

  test('of which the making was cut short is made anew', async () => {
    const torn = join(directory, 'a', '.slipway', 'db');
    await unlink(join(torn, 'made'));
    await unlink(join(torn, 'data', 'global', 'pg_control'));
    const database = await openDatabase({ directory: torn });
    expect(await database.kysely.selectFrom('stack').selectAll().execute()).toEqual([]);
    await database.close();
  });

  test('cannot be opened twice in one process, and can when the first has closed it', async () => {
    const twice = join(directory, 'a', '.slipway', 'db');
    const first = await openDatabase({ directory: twice });
    expect(await refusal(twice)).toMatchObject({ code: 'state-locked' });
    await first.close();
    await first.close();
    await (await openDatabase({ directory: twice })).close();
  });

  test('that another process holds says which one; after kill -9 it is free', async () => {
    const shared = join(directory, 'a', '.slipway', 'db');
    const program = fileURLToPath(new URL('hold.ts', import.meta.url));
    const child = spawn(process.execPath, [program, shared], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const error = await refusal(shared);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(error).toBeInstanceOf(SlipwayError);
    expect(error).toMatchObject({ code: 'state-locked' });
    expect(String(error)).toContain(`process ${child.pid} on ${hostname()} since 20`);
    await (await openDatabase({ directory: shared })).close();
  });

  test('that a newer program has written to is refused, and left free', async () => {
    const newer = join(directory, 'a', '.slipway', 'db');
    const database = await openDatabase({ directory: newer });
    if (database.kind !== 'embedded') throw new Error('a directory is embedded');
    await database.pglite.query('insert into slipway_migration (number, name) values ($1, $2)', [
      migrations.length + 1,
      'what is yet to come',
    ]);
    await database.close();
    for (const _ of [1, 2]) expect(await refusal(newer)).toMatchObject({ code: 'state-newer' });
  });
});

describe('the lock of a directory', () => {
  test('does not depend on the file that says who holds it', async () => {
    const place = join(directory, 'unsigned');
    const lock = lockDirectory(place);
    await writeFile(join(place, 'holder.json'), 'not JSON');
    expect(() => lockDirectory(place)).toThrow('in use by another process');
    lock.release();
    lock.release();
    lockDirectory(place).release();
    expect(await readdir(place)).toEqual(['lock']);
  });
});
