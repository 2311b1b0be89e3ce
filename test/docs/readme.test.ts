import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { look, readThePlan, until } from '../../src/sandbox/demo/watch.ts';
import { findCfnLint } from '../cfn-lint.ts';
import { requireService } from '../services.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const readme = await readFile(join(top, 'README.md'), 'utf8');
// The commands start their own emulator; this only says why they cannot, where it is not to be had.
const moto = await requireService('moto');

/** The code blocks whose first line is ```language name, in order. */
function blocks(info: string): string[] {
  return [...readme.matchAll(/```([^\n]*)\n([\s\S]*?)```/g)].filter((m) => m[1] === info).map((m) => m[2]!);
}

interface Background {
  /** What it has printed when the pattern matches, as the match. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

/** Runs a command of the README as people would in a second terminal. */
function inBackground(command: string): Background {
  const child = spawn('bash', ['-c', `exec ${command.trim()}`], { cwd: top, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async printed(pattern) {
      const seen = await until(
        `${command.trim()} to print ${pattern}`,
        async () => output,
        (text) => pattern.test(text),
      );
      return pattern.exec(seen)!;
    },
    async stop() {
      // npm gives Ctrl-C on to what it runs; the group is ours alone.
      process.kill(-child.pid!, 'SIGINT');
      await ended;
    },
  };
}

async function shell(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-ec', script], {
    cwd,
    env: { ...process.env, ...env },
  });
  return stdout;
}

describe.skipIf(moto.kind === 'missing')('Every command of the README works', () => {
  let outside: string;
  beforeAll(async () => {
    outside = await mkdtemp(join(tmpdir(), 'slipway-readme-'));
  });
  afterAll(() => rm(outside, { recursive: true, force: true }));

  test('CI runs the two commands that it begins with, the demo as a test', async () => {
    const ci = await readFile(join(top, '.ci/run'), 'utf8');
    expect(blocks('sh')[0]).toMatch(/^npm ci && npm run demo\s/);
    expect(blocks('sh')[1]).toMatch(/^npm ci && npm test\s/);
    for (const line of [/^npm ci$/m, /^npm test$/m]) expect(ci).toMatch(line);
  });

  test('those about policies', async () => {
    const [script] = blocks('sh repository');
    const out = await shell(`export PATH="${top}bin:$PATH"\n${script}`, top);
    expect(out).toContain('no-public-remote-access');
    expect(out).toMatch(/[1-9]\d* passed, 0 failed/);
  });

  test('the scan with another scanner', async () => {
    const lint = await findCfnLint();
    const found = lint.kind === 'found' ? await lint.sarif() : lint;
    if (found.kind === 'missing') throw new Error(found.reason);
    const cwd = join(outside, 'scanned');
    await mkdir(join(cwd, 'infra'), { recursive: true });
    await writeFile(
      join(cwd, 'infra/shop.yaml'),
      'Parameters:\n  Size: { Type: String, Default: a }\nResources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: { CidrBlock: 10.0.0.0/16, Tags: [{ Key: Owner, Value: shop }] }\n',
    );
    // `cfn-lint` as pip would put it on the path.
    const variables = Object.entries(found.environment).map(([name, value]) => `${name}='${value}'`);
    const words = found.command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
    await writeFile(join(cwd, 'cfn-lint'), `#!/bin/sh\n${[...variables, ...words].join(' ')} "$@"\n`, {
      mode: 0o755,
    });
    const [script] = blocks('sh scanners');
    const out = await shell(`export PATH="${cwd}:${top}bin:$PATH"\n${script}`, cwd);
    expect(out).toMatch(/infra\/shop\.yaml:2:\d+: .*\(cfn-lint\/W2001\)/);
  });

  test('the tutorial from the command line', async () => {
    const [start] = blocks('sh services');
    const services = inBackground(start!);
    try {
      await services.printed(/# Press Ctrl-C/);
      const [exports] = await services.printed(/(?:^export [^\n]+\n)+/m);
      // The one thing that is changed: the folder beside the checkout is one that goes away again.
      const tutorial = blocks('sh tutorial').join('\n').replaceAll('../shop', join(outside, 'shop'));
      const out = await shell(`${exports}\n${tutorial}`, top);
      expect(out).toContain('infra/shop.yaml is valid.');
      expect(out).toContain('Plan: 2 to create.');
      expect(out).toContain('Applied: 2 created.');
      expect(out).toMatch(/^applied +\d{12} eu-west-1 +local\/shop:infra\/shop\.yaml@dev$/m);
      expect(await readFile(join(outside, 'shop/shop.svg'), 'utf8')).toContain('2 to create');
      expect(out).toContain('No drift: 2 resources as recorded.');
      expect(out).toContain('1 stack, 2 running resources: no finding, 0 advice, 0 allowed.');
      expect(out).toContain(
        'It would stop what runs in 1 place of 1 stack, and would have stopped 1 of 1 recorded run.',
      );
      expect(out).toMatch(/^run-\w+ .* apply {2}succeeded {2}\+0 ~0 ±1 -0 {2}by/m);
      expect(out).toMatch(
        /to {3}run-[\s\S]* {4}- CidrBlock: 10\.42\.1\.0\/24\n {8}\+ CidrBlock: 10\.42\.2\.0\/24\n/,
      );
      expect(out).toMatch(/^Back to run-[\s\S]*\+ CidrBlock: 10\.42\.1\.0\/24 {2}← forces replacement/m);
      expect(out).toContain('Plan: 2 to delete.');
    } finally {
      await services.stop();
    }
  }, 240_000);

  test('the tutorial as a pull request', async () => {
    const [start] = blocks('sh demo');
    const demo = inBackground(start!);
    try {
      const [, pages, clone] = await demo.printed(/GitHub's pages: +(\S+)[\s\S]*To clone: +git clone (\S+)/);
      const cwd = join(outside, 'shop');
      await shell(blocks('sh pull-request').join('\n'), cwd, { CLONE_URL: clone! });

      const { origin } = new URL(pages!);
      const post = async (path: string, form: Readonly<Record<string, string>>) => {
        const answer = await fetch(`${origin}${path}`, {
          method: 'POST',
          body: new URLSearchParams(form),
          redirect: 'manual',
        });
        expect(answer.status).toBe(303);
        return answer.headers.get('location')!;
      };
      const pull = await post('/acme/shop/pulls', {
        as: 'author',
        title: 'Add the network of the shop',
        head: 'infrastructure',
        base: 'main',
      });
      const number = Number(/\/pull\/(\d+)/.exec(pull)![1]);
      const author = new Octokit({ baseUrl: `${origin}/api/v3`, auth: new URL(clone!).password });
      const seen = () => look(author, number);
      const planned = await until('the plan', seen, (s) => s.checks['slipway/approval'] !== undefined);
      expect(planned.comment).toContain('+2');
      expect(planned.checks['slipway/approval']).not.toBe('success');

      await readThePlan();
      await post(`/acme/shop/pull/${number}/comment`, { as: 'author', body: 'approve' });
      await until('a reason', seen, (s) => s.comments.some((c) => c.body.includes('does not count')));
      await post(`/acme/shop/pull/${number}/comment`, { as: 'reviewer', body: 'approve' });
      await until('green', seen, (s) => s.checks['slipway/approval'] === 'success');
      await post(`/acme/shop/pull/${number}/merge`, { as: 'author', method: 'merge' });
      const applied = await until('the outputs', seen, (s) =>
        s.comments.some((c) => /VpcId.*vpc-/.test(c.body)),
      );
      expect(applied.comments.length).toBeGreaterThan(3);
    } finally {
      await demo.stop();
    }
  }, 120_000);

  test('the library example', async () => {
    const [code] = blocks('ts library');
    const env = moto.kind === 'running' ? moto.service.environment : {};
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code!], {
      cwd: top,
      env: { ...process.env, ...env },
    });
    expect(stdout).toContain('Plan: 1 to create.');
    expect(stdout).toContain('medium: ');
  });
});
