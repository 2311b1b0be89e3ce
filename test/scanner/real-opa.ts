import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readArchive } from '../../src/scanner/bundle-archive.ts';
import { readScanners } from '../../src/scanner/read-scanners.ts';
import { findOpa } from '../opa.ts';
import { network, planOf, textOf } from './texts.ts';

const rego = fileURLToPath(new URL('rego', import.meta.url));

/** What takes a real OPA, which takes minutes to make: `npm run test:scanners`. */
export async function describeRealOpa(): Promise<void> {
  const opa = await findOpa();
  if (opa.kind === 'missing') throw new Error(opa.reason);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-opa-'));
  const server = await opa.serve(rego, ['slipway.rego', 'limits/data.json']);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function found(settings: object) {
    const file = join(folder, 'scanners.yaml');
    await writeFile(file, JSON.stringify({ scanners: [{ id: 'org', kind: 'rego', ...settings }] }));
    const scanners = await readScanners(file);
    const template = textOf(network.replace('!Ref Range', '10.0.0.0/24'));
    return scanners.begin(template).findings(planOf({ Spare: 'create', Old: 'delete' }), () => undefined);
  }

  describe('a real OPA', () => {
    test('answers as the bundle does that was compiled', async () => {
      const served = await found({ url: `${server.url}/v1/data/slipway/deny` });
      expect(served.map(({ policy }) => policy)).toEqual(['org/small-networks', 'org/deny']);
      expect(served).toEqual(await found({ bundle: join(rego, 'bundle.tar.gz') }));
    });

    test('has judged nothing by a rule that it does not have', async () => {
      expect(await found({ url: `${server.url}/v1/data/slipway/allow` })).toMatchObject([
        { policy: 'org/failed', message: 'org could not judge it: There is no such rule' },
      ]);
    });

    test('makes the bundle that is checked in', async () => {
      const made = join(folder, 'bundle.tar.gz');
      await opa.build(rego, [
        '-t',
        'wasm',
        '-e',
        'slipway/deny',
        '-o',
        made,
        'slipway.rego',
        'limits/data.json',
      ]);
      const names = ['policy.wasm', 'data.json'];
      const [mine, theirs] = await Promise.all(
        [made, join(rego, 'bundle.tar.gz')].map(async (path) => readArchive(await readFile(path), names)),
      );
      for (const name of names) expect(mine!.get(name)).toEqual(theirs!.get(name));
    });
  });
}
