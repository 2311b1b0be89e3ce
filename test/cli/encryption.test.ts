/** The verbs of `slipway encryption`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createState } from '../../src/state/create-state.ts';
import { createServerDatabase } from '../db/databases.ts';
import { makeKey } from '../db/keys.ts';
import { describeWithServices } from '../services.ts';
import { hold } from '../state/contract.ts';
import { resourceRecord, shop, stackRecord } from '../state/records.ts';
import { runSlipway } from './run-slipway.ts';

const canary = 'sensitive-canary';
const [own, next] = [makeKey(), makeKey()];

await describeWithServices('the encryption of a database', ['postgres'], ({ postgres }) => {
  let cwd: string;
  let url: string;
  const runWith = (env: object, ...args: string[]) => runSlipway(cwd, { DATABASE_URL: url, ...env }, ...args);
  const run = (key: string | undefined, ...args: string[]) =>
    runWith(key === undefined ? {} : { SLIPWAY_ENCRYPTION_KEY: key }, ...args);
  const json = async (key: string | undefined, ...args: string[]) => {
    const { out } = await run(key, ...args, '--json');
    return JSON.parse(out);
  };

  /** What a backup holds, as it was made with this key. */
  const dump = async (key: string) => {
    expect(await run(key, 'backup', 'all.backup')).toMatchObject({ code: 0, err: '' });
    return gunzipSync(await readFile(join(cwd, 'all.backup'))).toString();
  };

  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'slipway-encryption-'));
    url = await createServerDatabase(postgres.url);
    const database = await openDatabase({ url });
    const state = createState(database, systemClock);
    const lock = await hold(state);
    await state.putStack(stackRecord({ outputs: { Out: { value: canary } } }), lock);
    await state.putResource(resourceRecord({ properties: { Name: canary } }), lock);
    await database.close();
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('without a key nothing is, and it is said what would', async () => {
    expect(await json(undefined, 'encryption', 'status')).toEqual({ dataKeys: [], readable: 3 });
    const { code, err } = await run(undefined, 'encryption', 'encrypt');
    expect([code, err]).toEqual([1, expect.stringContaining('(encryption-key)')]);
  });

  test('with one it is, and nothing is to be read in it any more', async () => {
    await writeFile(join(cwd, 'key'), `${own}\n`);
    const env = { SLIPWAY_ENCRYPTION_KEY_FILE: join(cwd, 'key') };
    expect(await runWith(env, 'encryption', 'encrypt')).toEqual({
      code: 0,
      out: 'Encrypted 3 values.\n',
      err: '',
    });
    expect((await run(own, 'encryption', 'encrypt')).out).toBe('Everything is encrypted.\n');
    expect((await run(own, 'encryption', 'status')).out).toMatch(
      /^[0-9a-f]{12} {2}current {2}3 values {2}made \d{4}-\d\d-\d\d {2}wrapped by key-[0-9a-f]{12}\n$/,
    );
    expect(await dump(own)).not.toContain(canary);
    expect((await run(own, 'state', 'show', shop)).out).toContain(canary);
  });

  test('from then on no command does without it, or with another one', async () => {
    for (const [key, words] of [
      [undefined, 'is encrypted, and no key was given'],
      [next, 'cannot be unwrapped'],
      ['hunter2-hunter2', 'cannot be used'],
    ] as const) {
      const { code, out, err } = await run(key, 'state', 'list');
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(words);
      expect(err).not.toMatch(/hunter2/);
    }
    const both = { SLIPWAY_ENCRYPTION_KEY: own, SLIPWAY_ENCRYPTION_KEY_FILE: join(cwd, 'key') };
    expect((await runWith(both, 'state', 'list')).err).toContain('are both set');
    const missing = { SLIPWAY_ENCRYPTION_KEY_FILE: join(cwd, 'nothing') };
    expect((await runWith(missing, 'state', 'list')).err).toContain('cannot be read');
  });

  test("another data key, and then another of the operator's, take the place of what was", async () => {
    const rotated = await json(own, 'encryption', 'rotate');
    // The key of fingerprints was made meanwhile.
    expect(rotated).toEqual({ dataKey: expect.stringMatching(/^[0-9a-f]{12}$/), encrypted: 4 });
    expect((await run(`${next}, ${own}`, 'encryption', 'rewrap')).out).toMatch(
      /^2 data keys are wrapped by key-[0-9a-f]{12}\.\n$/,
    );
    const { dataKeys, readable, operatorKey } = await json(next, 'encryption', 'status');
    expect(readable).toBe(0);
    expect(dataKeys).toMatchObject([
      { isCurrent: false, values: 0, wrappedBy: operatorKey },
      { id: rotated.dataKey, isCurrent: true, values: 4, wrappedBy: operatorKey },
    ]);
    expect((await run(next, 'state', 'show', shop)).out).toContain(canary);
    expect((await run(own, 'state', 'list')).code).toBe(1);
  });
});
