import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createState } from '../../src/state/create-state.ts';
import type { State } from '../../src/state/state.ts';
import { resourceRecord, shop } from './records.ts';

describe('after kill -9 between a begin and its end, a directory that is opened again', () => {
  let directory: string;
  let database: Database;
  let state: State;
  let fence: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-crash-'));
    const program = fileURLToPath(new URL('begin-and-wait.ts', import.meta.url));
    const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(child.stdout, 'data');
    fence = Number(/^fence (\d+)/.exec(String(said))?.[1]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    database = await openDatabase({ directory });
    state = createState(database, systemClock);
  });

  afterAll(async () => {
    await database?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('has the entry that was begun, and the one that ended', async () => {
    expect(await state.journal('run-1')).toMatchObject([
      { intent: 'ended', status: 'done' },
      { intent: 'left open', status: 'begun' },
    ]);
  });

  test('has the resource of the call that ended, and the run with its plan', async () => {
    expect(await state.resources(shop)).toEqual([resourceRecord({ logicalId: 'Role' })]);
    expect(await state.unfinishedRun(shop)).toMatchObject({ id: 'run-1', plan: { digest: 'd1ge57' } });
  });

  test('gives the lock at once, because its holder cannot be alive, with a higher fence', async () => {
    expect(fence).toBeGreaterThan(0);
    expect((await state.lock(shop, 'the next one', 60_000))?.fence).toBe(fence + 1);
  });
});
