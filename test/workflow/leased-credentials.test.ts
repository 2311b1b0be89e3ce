/** Credentials that Vault leases for a run: taken for it, alive while it lasts, revoked at its end, whatever that is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import type { Properties } from '../../src/base/value.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import { defineResourceType, type Live } from '../../src/provider/provider.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { openVaults } from '../../src/secret/vault/configuration.ts';
import type { VaultUse } from '../../src/secret/vault/evidence.ts';
import { openVault, type VaultServer } from '../../src/secret/vault.ts';
import type { Environment } from '../../src/settings/settings.ts';
import { createAudit } from '../../src/state/audit.ts';
import { createVaultSessions } from '../../src/state/vault-sessions.ts';
import type { TypeSchema } from '../../src/template/type-schema.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { endAbandonedLeases } from '../../src/workflow/lease-cloud.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { createServerDatabase, openMemoryDatabase } from '../db/databases.ts';
import { type AwsEngine, withAwsEngine } from '../secret/aws-engine.ts';
import { type SealableVault, startSealableVault } from '../secret/sealable-vault.ts';
import { describeWithServices } from '../services.ts';

/** For a run to change things with, by how long Vault leases them. */
const lasting = 'aws/creds/shop-write';
const brief = 'aws/creds/shop-brief';

const text = `
Resources:
  Front: { Type: Acme::Door, Properties: { Name: front } }
  Back: { Type: Acme::Door, DependsOn: Front, Properties: { Name: back } }
`;

function sourceOf(application: string, apply: string): StackSource {
  const environment: Environment = {
    name: 'prod',
    after: [],
    approvals: [],
    credentials: { plan: 'aws/creds/shop-read', apply },
  };
  const stack = `acme/${application}:infra/doors.yaml@prod`;
  return { stack, environment, file: 'infra/doors.yaml', text, packs: [] };
}

// The Vault is one that can be sealed; `vault` says whether there is a program for it.
await describeWithServices('Credentials leased from Vault', ['postgres', 'vault'], ({ postgres, vault }) => {
  let sealable: SealableVault;
  let engine: AwsEngine;
  let root: VaultServer;
  let database: Database;
  const administrator = new pg.Client({ connectionString: postgres.url });

  /** Users that Vault has made on the database server, and not removed: the leases that live. */
  const living = async (): Promise<string[]> => {
    const { rows } = await administrator.query("select rolname from pg_roles where rolname like 'v-%'");
    return rows.map((row) => String(row.rolname));
  };
  const untilNoneLives = async () => {
    for (let left = 100; left > 0 && (await living()).length > 0; left--) await sleep(50);
    expect(await living()).toEqual([]);
  };

  beforeAll(async () => {
    await vault.stop();
    sealable = await startSealableVault();
    engine = await withAwsEngine(sealable.address);
    root = openVault({ address: engine.address, login: { method: 'token', token: sealable.token } });
    await administrator.connect();
    database = await openMemoryDatabase();
    const { username, password, host } = new URL(postgres.url);
    await root.write('sys/mounts/database', { type: 'database' });
    await root.write('database/config/shop', {
      plugin_name: 'postgresql-database-plugin',
      connection_url: `postgresql://{{username}}:{{password}}@${host}/postgres?sslmode=disable`,
      username,
      password,
      allowed_roles: '*',
    });
    const lives = { 'shop-read': '10m', 'shop-write': '10m', 'shop-brief': '5s' };
    for (const [role, default_ttl] of Object.entries(lives)) {
      await root.write(`database/roles/${role}`, {
        db_name: 'shop',
        creation_statements: `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}'`,
        default_ttl,
        max_ttl: '1h',
      });
    }
  });
  afterAll(async () => {
    engine.stop();
    await administrator.end();
    await database.close();
    await sealable.stop();
  });

  /** Slipway on a cloud of doors. What is asked of AWS is written down with the name that it was signed with. */
  const openWorld = async (
    source: StackSource,
    making: (name: string) => Promise<unknown> = async () => {},
  ) => {
    const masker = createMasker();
    const log = createLog({ level: 'silent', mask: masker.mask });
    const doors = new Map<string, Properties>();
    const signedBy: string[] = [];
    const opened = await openWorkflow({
      database,
      masker,
      log,
      policies: [],
      defaultRegion: 'eu-west-1',
      types: [{ type: doorType(doors, making), schema }],
      vaults: openVaults(
        {
          default: { address: engine.address, login: { method: 'token', token: sealable.token }, retries: 0 },
        },
        masker.add,
        log,
      ),
    });
    const workflow: Workflow = {
      ...opened,
      openAws({ credentials }) {
        const sts = async () => ({
          async getCallerIdentity() {
            const { accessKeyId } = typeof credentials === 'function' ? await credentials() : credentials!;
            signedBy.push(accessKeyId);
            return { Account: '111111111111' };
          },
        });
        return { sts, stopWaiting() {}, destroy() {}, calls: new Map() } as unknown as Aws;
      },
    };
    const apply = () => applyStack(workflow, { source, cause: {}, permit: () => true });
    return { workflow, doors, signedBy, masker, apply };
  };

  test('a plan is made with those for reading, a run with those for writing, and nothing is left of either', async () => {
    const alive: string[][] = [];
    const source = sourceOf('shop', lasting);
    const world = await openWorld(source, async () => alive.push(await living()));
    const { workflow, signedBy, masker } = world;
    expect((await planStack(workflow, source)).diagnostics).toEqual([]);
    expect(new Set(signedBy.map(roleOf))).toEqual(new Set(['shop-rea']));
    await untilNoneLives();
    expect((await world.apply()).status).toBe('succeeded');
    expect(new Set(signedBy.map(roleOf))).toEqual(new Set(['shop-rea', 'shop-wri']));
    // While the doors were made, those for writing lived; those for reading were on their way out.
    expect(alive).toHaveLength(2);
    expect(alive.every((names) => names.some((name) => roleOf(name) === 'shop-wri'))).toBe(true);
    expect(masker.mask(signedBy.join())).not.toContain('shop-wri');
    await untilNoneLives();
    expect(await createVaultSessions(database).abandoned('everybody')).toEqual([]);

    // The audit record has what was leased for the run, and that the token went which it was leased with.
    const [run] = await workflow.state.latestRuns(source.stack, 1);
    const entries = (await createAudit(database, systemClock).entries(0, 1000)).map(({ text }) =>
      JSON.parse(text),
    );
    const uses: VaultUse[] = entries
      .filter((entry) => entry.event === 'vault-used' && entry.run === run?.id)
      .flatMap((entry) => entry.uses);
    const leased = uses.find(({ path }) => path === lasting);
    expect(leased?.lease).toMatch(/^database\/creds\/shop-write\//);
    const made = uses.filter(({ path }) => path === 'auth/token/create').map(({ accessor }) => accessor);
    const revoked = uses
      .filter(({ path }) => path === 'auth/token/revoke-self')
      .map(({ accessor }) => accessor);
    expect(made.length).toBeGreaterThan(0);
    expect(revoked.sort()).toEqual(made.sort());
  });

  test('an apply that takes longer than a lease keeps it alive', async () => {
    let alive: string[] = [];
    const world = await openWorld(sourceOf('slow', brief), async (name) => {
      // Past the five seconds that they are leased for.
      if (name === 'front') await sleep(6500);
      alive = await living();
    });
    expect((await world.apply()).status).toBe('succeeded');
    expect(alive.map(roleOf)).toContain('shop-bri');
    // Renewed, and no others taken.
    expect(new Set(world.signedBy.filter((name) => roleOf(name) === 'shop-bri')).size).toBe(1);
  });

  test('a Vault that is sealed stops a plan before the cloud is asked anything', async () => {
    const source = sourceOf('sealed', lasting);
    const { workflow, signedBy } = await openWorld(source);
    await sealable.seal();
    try {
      const { plan, diagnostics } = await planStack(workflow, source);
      expect(plan).toBeUndefined();
      expect(diagnostics.map((d) => d.code)).toEqual(['vault-sealed']);
      expect(signedBy).toEqual([]);
    } finally {
      await sealable.unseal();
    }
  });

  test('sealed in mid-run: what is in hand is finished, nothing more is begun, and the run goes on afterwards', async () => {
    let sealed = false;
    const source = sourceOf('resumed', brief);
    const world = await openWorld(source, async (name) => {
      if (name !== 'front' || sealed) return;
      sealed = true;
      await sealable.seal();
      // Longer than it takes to see that the lease cannot be renewed any more, and not as long as it lasts.
      await sleep(4800);
    });
    const { workflow, doors } = world;
    const stopped = await world.apply();
    expect(stopped.status).toBe('unplannable');
    expect(stopped.planned.diagnostics).toMatchObject([
      { code: 'vault-lease', detail: 'Vault is sealed, or not ready' },
    ]);
    expect([...doors.keys()]).toEqual(['front']);
    const run = await workflow.state.unfinishedRun(source.stack);
    expect(run).toBeDefined();
    await sealable.unseal();
    expect((await world.apply()).status).toBe('succeeded');
    expect([...doors.keys()].sort()).toEqual(['back', 'front']);
    expect((await workflow.state.run(run!.id))?.status).toBe('succeeded');
    // What could not be revoked while it was sealed.
    await endAbandonedLeases(workflow, 'everybody');
    await untilNoneLives();
  });

  test.each([
    ['while it holds credentials', false],
    ['before it has heard of those that Vault has made', true],
  ])('kill -9 %s: the next start revokes them', async (_, isUnheard) => {
    const url = await createServerDatabase(postgres.url);
    // Another one, which lets its answers hang.
    const front = await withAwsEngine(sealable.address);
    if (isUnheard) front.hang();
    const { stack } = sourceOf('killed', lasting);
    const task = { url, address: front.address, token: sealable.token, path: lasting, stack };
    const child = spawn(process.execPath, [leaseChild, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    for (let left = 200; left > 0 && (await living()).length === 0; left--) await sleep(50);
    if (!isUnheard) while (!said.includes('leased')) await sleep(20);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    front.stop();
    expect(said.includes('leased')).toBe(!isUnheard);
    expect(await living()).toHaveLength(1);

    const killed = await openDatabase({ url });
    const vaultSessions = createVaultSessions(killed);
    const log = createLog({ level: 'silent', mask: (text) => text });
    const vaults = openVaults(
      { default: { address: engine.address, login: { method: 'token', token: sealable.token } } },
      () => {},
    );
    const start = () => endAbandonedLeases({ vaults, vaultSessions, log }, 'the dead');
    // On a server another process may have taken them, and live: so long it has to be silent.
    expect(await start()).toBe(0);
    await sql`update vault_session set alive_until = alive_until - interval '30 seconds'`.execute(
      killed.kysely,
    );
    expect(await start()).toBe(1);
    // At once, and not when the lease would have ended.
    for (let left = 30; left > 0 && (await living()).length > 0; left--) await sleep(50);
    expect(await living()).toEqual([]);
    expect(await vaultSessions.abandoned('everybody')).toEqual([]);
    await killed.close();
  });
});

const leaseChild = fileURLToPath(new URL('lease-child.ts', import.meta.url));

/** Of a name that the engine has made: `v-token-shop-wri-...`. */
function roleOf(name: string): string | undefined {
  return /shop-(?:rea|wri|bri)/.exec(name)?.[0];
}

const schema: TypeSchema = {
  type: 'Acme::Door',
  properties: { Name: { type: 'string', replaces: 'always' } },
  required: ['Name'],
  attributes: [],
  createOnly: ['Name'],
  conditionalCreateOnly: [],
};

function doorType(doors: Map<string, Properties>, making: (name: string) => Promise<unknown>) {
  const live = (name: string): Live => ({ physicalId: name, properties: doors.get(name)!, attributes: {} });
  return defineResourceType({
    type: 'Acme::Door',
    attributes: [],
    adoption: { id: 'its name', tags: async () => ({}) },
    order: () => 'create-before-delete',
    canonicalise: (properties) => properties,
    read: async (_context, wanted) =>
      new Map(
        wanted.filter((w) => doors.has(w.physicalId)).map((w) => [w.logicalId, live(w.physicalId)] as const),
      ),
    find: async () => undefined,
    async create(_context, { properties }) {
      const name = String(properties.Name);
      await making(name);
      doors.set(name, properties);
      return live(name);
    },
    update: async (_context, { after }) => live(String(after.Name)),
    async delete(_context, { physicalId }) {
      doors.delete(physicalId);
    },
  });
}
