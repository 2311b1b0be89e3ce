/** docs/vault.md, run as it is written: from an empty Vault to a server that has its password and its trust from there. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EC2 } from '@aws-sdk/client-ec2';
import { expect, onTestFinished, test } from 'vitest';
import { hasCopy } from '../../src/sandbox/demo/copies.ts';
import { until } from '../../src/sandbox/demo/watch.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { vault as service } from '../../src/sandbox/services/vault.ts';
import { openVaults, readVaults } from '../../src/secret/vault/configuration.ts';
import { openVault, type VaultServer } from '../../src/secret/vault.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { workflowOnMoto } from '../contract/stack-on-moto.ts';
import { drawn } from '../seeded.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const guide = await readFile(join(top, 'docs/vault.md'), 'utf8');
const [devVault = ''] = blocks('sh dev-vault');
const steps = blocks('sh guide');

function blocks(info: string): string[] {
  return [...guide.matchAll(/```([^\n]*)\n([\s\S]*?)```/g)].filter((m) => m[1] === info).map((m) => m[2]!);
}

/** What the guide writes into a file. */
function written(file: string): string {
  const [, text = ''] = new RegExp(`cat > ${file} <<'\\w+'\\n([\\s\\S]*?)^[A-Z]+$`, 'm').exec(guide) ?? [];
  return text;
}

await describeWithServices('The guide to Vault', ['moto', 'vault'], ({ moto, vault }) => {
  // It starts a Vault of its own; this one is for what follows.
  test('takes an operator from an empty Vault to a server that has its secrets from it, and no copy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-guide-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const shop = join(folder, 'shop');
    const PATH = await withBao(folder);
    const address = await startVault(folder, PATH);
    const root = openVault({ address, login: { method: 'token', token: 'root' } });
    const ec2 = new EC2(awsClientConfig(moto));
    let env: NodeJS.ProcessEnv = { ...process.env, ...moto.environment, PATH, HOME: folder };
    let cwd = top;
    /** What is changed: where Vault listens, and the folder beside the checkout is one that goes away again. */
    const play = async (from: number, to: number): Promise<string> => {
      const script = steps
        .slice(from, to)
        .join('\n')
        .replaceAll('http://127.0.0.1:8200', address)
        .replaceAll('../shop-in-vault', shop);
      const after = join(folder, 'after');
      const command = `${script}\n{ pwd; env -0; } > ${after}`;
      const { stdout } = await promisify(execFile)('bash', ['-ec', command], { cwd, env });
      const [, left = '', variables = ''] = /^([^\n]*)\n([\s\S]*)$/.exec(await readFile(after, 'utf8')) ?? [];
      cwd = left;
      env = Object.fromEntries(
        variables.split('\0').map((v) => [v.split('=', 1)[0], v.replace(/^[^=]*=/, '')]),
      );
      return stdout;
    };
    const passwordNow = async () =>
      ((await root.read('secret/data/shop/database'))!.data as { password: string }).password;

    const out = await play(0, -2);
    expect(out).toContain('Plan: 8 to create.');
    expect(out).toContain('Applied: 8 created.');
    const password = await passwordNow();
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    // Once, where the guide reads it as the server would.
    expect(out.split(password)).toHaveLength(2);
    expect(out).toMatch(/\n[1-9]\d*\nno copy of the password\n/);
    expect(hasCopy(await readFile(join(shop, 'everything.json'), 'utf8'), password)).toBe(false);

    const script = await userData(ec2);
    expect(hasCopy(script, password)).toBe(false);
    const machine = await boot(folder, script);
    expect(JSON.parse(await readFile(join(machine, 'run/shop-database.json'), 'utf8'))).toEqual({ password });
    const trusted = join(machine, 'etc/ssh/vault-ca.pub');
    const [, signer] = /Signing CA: ED25519 (SHA256:\S+)/.exec(out) ?? [];
    expect((await promisify(execFile)('ssh-keygen', ['-lf', trusted])).stdout).toContain(` ${signer} `);
    const [, roleId = ''] = /role_id='([^']+)'/.exec(script) ?? [];
    expect(await logInFrom('127.0.0.1', address, roleId)).toBe(200);
    expect(await logInFrom('127.0.0.2', address, roleId)).toBe(400);
    const { VAULT_TOKEN: _, ...slipways } = env;
    const slipway = openVaults(readVaults(slipways), () => {}).server('default');
    for (const path of ['secret/data/bank', 'auth/approle/role/slipway', 'sys/policies/acl/slipway'])
      await expect(slipway.read(path)).rejects.toMatchObject({ code: 'vault-denied' });
    await expect(slipway.write('shop-ssh/sign/operators', {})).rejects.toMatchObject({
      code: 'vault-denied',
    });

    const rotation = await play(-2, -1);
    expect(rotation).toMatch(/# 7 unchanged[\s\S]*Applied: 1 updated\./);
    expect(await passwordNow()).not.toBe(password);
    expect(hasCopy(rotation, await passwordNow())).toBe(false);

    await play(-1, steps.length);
    expect(await root.read('secret/metadata/shop/database')).toBeUndefined();
    expect(await root.list('auth/approle/role')).toEqual(['slipway']);
    expect(await root.list('shop-ssh/roles')).toEqual([]);
  }, 240_000);

  test("Slipway's policy there is enough, and without any one of its capabilities it is not", async () => {
    const { VAULT_ADDR: address = '', VAULT_TOKEN = '' } = vault.environment;
    const root = openVault({ address, login: { method: 'token', token: VAULT_TOKEN } });
    await root.write('sys/auth/approle', { type: 'approle' });
    await root.write('sys/mounts/shop-ssh', { type: 'ssh' });
    const { settings } = parseSettings(written('.github/slipway.yml'), '.github/slipway.yml');
    const workflow = workflowOnMoto('guide', awsClientConfig(moto));
    const inVault = written('infra/shop.yaml').replace(/\n {2}Vpc:[\s\S]*/, '\n');
    const changed = inVault.replace('Rotation: 1', 'Rotation: 2').replace('TokenTtl: 10m', 'TokenTtl: 5m');
    const apply = async (text: string | undefined, server: VaultServer) => {
      const source = {
        stack: 'acme/shop:infra/shop.yaml@dev',
        environment: settings!.environments[0]!,
        file: 'infra/shop.yaml',
        text,
        parameters: { file: 'infra/shop.dev.params.yaml', text: 'VaultAddress: http://127.0.0.1:8200\n' },
        packs: [],
      };
      const vaults = { of: () => server, server: () => server };
      const done = await applyStack({ ...workflow, vaults }, { source, cause: {}, permit: () => true });
      return done.status === 'succeeded';
    };
    /** A template's whole life: made, changed, removed. What a policy leaves undone, the operator removes. */
    const lives = async (policy: string): Promise<boolean> => {
      await root.write('sys/policies/acl/slipway', { policy });
      const made = await root.request({
        method: 'POST',
        path: 'auth/token/create',
        body: { policies: ['slipway'], no_parent: true },
      });
      const slipway = openVault({ address, login: { method: 'token', token: made!.auth!.token } });
      for (const text of [inVault, changed, undefined]) {
        if (await apply(text, slipway).catch(() => false)) continue;
        await apply(undefined, root);
        return false;
      }
      return true;
    };
    const policy = written('slipway.hcl');
    expect(await readFile(join(top, 'src/sandbox/demo/shop/slipway.hcl'), 'utf8')).toContain(policy);
    expect(await lives(policy)).toBe(true);
    const capabilities = [...policy.matchAll(/"(?:create|read|update|delete)"/g)];
    expect(capabilities).toHaveLength(19);
    const inVain: string[] = [];
    for (const { index, 0: capability } of drawn('GUIDE', capabilities, 5)) {
      const before = policy.slice(0, index);
      // Another one in its place, which nothing needs.
      const less = `${before}"list"${policy.slice(index + capability.length)}`;
      if (await lives(less)) inVain.push(`${before.split('\n').at(-1)}${capability}`);
    }
    expect(inVain).toEqual([]);
  });
});

/** The operator's own programs, and bao before them, wherever it was found. */
async function withBao(folder: string): Promise<string> {
  const found = await service.find();
  if (found.kind === 'missing') throw new Error(found.reason);
  await mkdir(join(folder, 'bin'));
  await symlink(found.program, join(folder, 'bin/bao'));
  return `${join(folder, 'bin')}:${process.env.PATH}`;
}

/**
 * Runs the guide's command in a terminal of its own, but for the port. Gives its address when it answers. It takes the
 * port after that as well, which somebody else may have: then another pair.
 */
async function startVault(folder: string, PATH: string): Promise<string> {
  const port = await freePort();
  const child = spawn('bash', ['-c', `exec ${devVault.trim()}`], {
    cwd: folder,
    stdio: 'ignore',
    env: { PATH, HOME: folder, BAO_DEV_LISTEN_ADDRESS: `127.0.0.1:${port}` },
  });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill()) await ended;
  });
  const address = `http://127.0.0.1:${port}`;
  await until(
    'Vault to answer',
    async () => (await fetch(`${address}/v1/sys/health`).catch(() => undefined))?.status,
    (status) => status === 200 || child.exitCode !== null,
  );
  return child.exitCode === null ? address : startVault(folder, PATH);
}

/** The one machine's, as the cloud would give it to it. */
async function userData(ec2: EC2): Promise<string> {
  const { Reservations = [] } = await ec2.describeInstances({});
  const [one] = Reservations.flatMap((r) => r.Instances ?? []);
  const { UserData } = await ec2.describeInstanceAttribute({
    InstanceId: one!.InstanceId!,
    Attribute: 'userData',
  });
  return Buffer.from(UserData!.Value!, 'base64').toString();
}

/** Runs it as the machine would at its first start, in a folder instead of `/`. */
async function boot(folder: string, script: string): Promise<string> {
  const machine = join(folder, 'machine');
  for (const name of ['run', 'etc/ssh/sshd_config.d']) await mkdir(join(machine, name), { recursive: true });
  await writeFile(join(folder, 'bin/systemctl'), '#!/bin/sh\n', { mode: 0o755 });
  const inFolder = script.replaceAll(/ \/(?=etc\/|run\/)/g, ` ${machine}/`);
  const PATH = `${join(folder, 'bin')}:/usr/bin:/bin`;
  await promisify(execFile)('sh', ['-c', inFolder], { env: { PATH, HOME: machine } });
  return machine;
}

/** The status of the answer. Every address that begins with 127 is this machine's. */
function logInFrom(localAddress: string, vault: string, role_id: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${vault}/v1/auth/approle/login`, { method: 'POST', localAddress }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    asked.once('error', reject).end(JSON.stringify({ role_id }));
  });
}
