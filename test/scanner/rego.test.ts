import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readArchive } from '../../src/scanner/bundle-archive.ts';
import { readScanners } from '../../src/scanner/read-scanners.ts';
import { readAnswer } from '../../src/scanner/rego-answer.ts';
import { type Bundle, regoBundle } from '../../src/scanner/rego-bundle.ts';
import { regoServer } from '../../src/scanner/rego-server.ts';
import type { ScannerOf } from '../../src/scanner/scanners-file.ts';
import { describeRealOpa } from './real-opa.ts';
import { file, network, planOf, textOf } from './texts.ts';

const here = (path: string) => fileURLToPath(new URL(`rego/${path}`, import.meta.url));

describe('a bundle that was compiled', () => {
  test('judges template and plan, with its data', async () => {
    const scanners = await readScanners(here('scanners.yaml'));
    const template = textOf(network.replace('!Ref Range', '10.0.0.0/24'));
    const plan = planOf({ Vpc: 'create', Spare: 'create', Old: 'delete' });
    const at = { file, line: 9, column: 3 };
    expect(await scanners.begin(template).findings(plan, (_, path) => (path ? at : undefined))).toEqual([
      {
        policy: 'org/small-networks',
        title: 'Networks are small',
        severity: 'critical',
        enforcement: 'mandatory',
        logicalId: 'Spare',
        type: 'AWS::EC2::VPC',
        message: 'Spare has a /16, and at least a /20 is wanted',
        remedy: 'Give it a smaller range.',
        controls: [],
        path: 'CidrBlock',
        where: at,
      },
      expect.objectContaining({ policy: 'org/deny', message: 'Old is deleted', severity: 'high' }),
    ]);
  });

  test('judges a plan whose template is gone', async () => {
    const scanners = await readScanners(here('scanners.yaml'));
    const found = await scanners.begin(undefined).findings(planOf({ Vpc: 'delete' }), () => undefined);
    expect(found.map(({ message }) => message)).toEqual(['Vpc is deleted']);
  });

  const files = readArchive(readFileSync(here('bundle.tar.gz')), ['policy.wasm']);
  const bundle: Bundle = { wasm: files.get('policy.wasm')!, data: { limits: { network: 20 } } };
  const asked = (more: Partial<Bundle>, settings: { entrypoint?: string; timeout?: number }) =>
    regoBundle({ ...bundle, ...more }, { timeout: 10_000, ...settings }).scan({ template: undefined });

  test.each<[string, Partial<Bundle>, Parameters<typeof asked>[1], string]>([
    ['is no WebAssembly', { wasm: Buffer.from('text') }, {}, 'WebAssembly'],
    ['has no such entry point', {}, { entrypoint: 'slipway/allow' }, 'its entry points are slipway/deny'],
    ['takes too long', {}, { timeout: 1 }, 'took longer than 0.001 s'],
  ])('that %s has judged nothing', async (_, more, settings, reason) => {
    expect(await asked(more, settings)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('an answer', () => {
  test.each([
    ['that is no list', { allow: true }],
    ['with objects that say nothing', [{ id: 'x' }]],
    ['that there is not', undefined],
  ])('%s has judged nothing', (_, value) => {
    expect(readAnswer(value).kind).toBe('failed');
  });

  test('that is empty finds nothing', () => {
    expect(readAnswer([])).toEqual({ kind: 'done', hits: [] });
  });
});

describe('an OPA server', () => {
  const servers: { close(): unknown }[] = [];
  afterAll(() => servers.map((server) => server.close()));
  /** Answers as OPA would, or as it should not; `npm run test:scanners` asks a real one. */
  async function asked(answer: RequestListener, timeout = 10_000) {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/v1/data/slipway/deny`;
    const scanner = regoServer({ url, timeout } as ScannerOf<'rego'> & { url: string });
    return scanner.scan({ template: textOf(network), plan: planOf({ Vpc: 'none' }) });
  }

  test('is posted template and plan', async () => {
    let [method, body] = ['', ''];
    await asked((request, response) => {
      method = `${request.method} ${request.url}`;
      request.on('data', (part) => (body += part)).on('end', () => response.end('{"result":[]}'));
    });
    expect(method).toBe('POST /v1/data/slipway/deny');
    const { input } = JSON.parse(body);
    expect(input.template.Resources.Vpc.Properties).toEqual({ CidrBlock: { Ref: 'Range' } });
    expect(input.plan).toEqual(planOf({ Vpc: 'none' }));
  });

  test.each<[string, RequestListener, string]>([
    ['has no such rule', (_, response) => response.end('{}'), 'no such rule'],
    ['fails', (_, response) => response.writeHead(500).end('{}'), 'answered 500'],
    [
      'sends elsewhere',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      'could not be asked',
    ],
    ['answers no JSON', (_, response) => response.end('<html>'), 'could not be asked'],
    [
      'answers without end',
      (_, response) => {
        const writing = setInterval(() => response.write('x'.repeat(1_000_000)), 1);
        response.once('close', () => clearInterval(writing));
      },
      'too long',
    ],
  ])('that %s has judged nothing', async (_, answer, reason) => {
    expect(await asked(answer)).toMatchObject({ kind: 'failed', reason: expect.stringContaining(reason) });
  });

  test('that does not answer in time has judged nothing', async () => {
    expect(await asked(() => {}, 300)).toMatchObject({ reason: 'OPA did not answer within 0.3 s' });
  });
});

if (process.env.SCANNERS === 'all') await describeRealOpa();
