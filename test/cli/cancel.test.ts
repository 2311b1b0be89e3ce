import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import type { Rule } from '../../src/sandbox/fault-proxy/rule.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** One after the other. */
const chain = (name: string) =>
  JSON.stringify({
    Resources: Object.fromEntries(
      [1, 2, 3, 4].map((n) => [
        `G${n}`,
        {
          Type: 'AWS::EC2::InternetGateway',
          Properties: {
            Tags: [
              { Key: 'Owner', Value: 'shop-team' },
              { Key: 'chain', Value: name },
            ],
          },
          ...(n > 1 ? { DependsOn: `G${n - 1}` } : {}),
        },
      ]),
    ),
  });

await describeWithServices('slipway apply that is told to stop', ['moto'], async ({ moto }) => {
  const slow: Rule = {
    match: { action: 'CreateInternetGateway' },
    fault: { kind: 'delay', ms: 1500, when: 'after' },
  };
  const proxy = await startFaultProxy({ target: moto.url, rules: [slow] });
  const aws = openAws(awsClientConfig(moto));
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'slipway-cancel-'));
    await mkdir(join(cwd, 'infra'));
    for (const name of ['once', 'twice']) await writeFile(join(cwd, `infra/${name}.json`), chain(name));
  });
  afterAll(async () => {
    aws.destroy();
    await proxy.stop();
    await rm(cwd, { recursive: true, force: true });
  });

  /** Runs it as a process of its own; `on` sees its progress and may send it signals. */
  function apply(
    name: string,
    on: (seen: string, send: (signal: NodeJS.Signals) => void) => void = () => {},
  ) {
    const args = [main, 'apply', `infra/${name}.json`, '--region', 'eu-west-1', '--yes'];
    const { credentials } = awsClientConfig(moto);
    const child = spawn(process.execPath, args, {
      cwd,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: proxy.url,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
      on(err, (signal) => void child.kill(signal));
    });
    return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      child.once('close', (code) => resolve({ code, out, err }));
    });
  }

  const gateways = async (name: string) => {
    const Filters = [{ Name: 'tag:chain', Values: [name] }];
    return (await (await aws.ec2()).describeInternetGateways({ Filters })).InternetGateways?.length;
  };

  test('finishes what is in hand and says what is left; the next apply goes on', async () => {
    let sent = false;
    const stopped = await apply('once', (seen, send) => {
      if (sent || !seen.includes('… create G2')) return;
      sent = true;
      send('SIGINT');
    });
    expect(stopped).toMatchObject({ code: 3, err: expect.stringContaining('✓ create G2') });
    expect(stopped.out).toContain('Apply cancelled: 0 failed, 2 done, 2 not started.');
    expect(stopped.out).toContain('Not started: create G3, create G4');
    expect(await gateways('once')).toBe(2);
    const resumed = await apply('once');
    expect(resumed).toMatchObject({ code: 0, out: expect.stringContaining('2 to create') });
    expect(await gateways('once')).toBe(4);
  }, 120_000);

  test('and is told once more ends at once, and the next apply finds what it had begun', async () => {
    const sent: string[] = [];
    const killed = await apply('twice', (seen, send) => {
      if (sent.length === 0 && seen.includes('… create G1')) sent.push('first');
      else if (sent.length === 1 && seen.includes('Once more ends at once')) sent.push('second');
      else return;
      send('SIGTERM');
    });
    expect(killed.code).toBe(143);
    expect(killed.err).not.toContain('✓');
    expect((await apply('twice')).code).toBe(0);
    expect(await gateways('twice')).toBe(4);
  }, 120_000);
});
