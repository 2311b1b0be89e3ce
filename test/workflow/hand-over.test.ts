/** Outputs on their way to Vault and to GitHub's environments: by whose word, how often, and what is left of them. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { openVaults } from '../../src/secret/vault/configuration.ts';
import type { VaultUse } from '../../src/secret/vault/evidence.ts';
import type { VaultLogin } from '../../src/secret/vault/login.ts';
import { openVault } from '../../src/secret/vault.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { reportUnopened } from '../../src/workflow/unopened.ts';
import type { PullRequestWorkflow } from '../../src/workflow/workflow.ts';
import { openMemoryDatabase } from '../db/databases.ts';
import { approved, type Hub, openHub, openWorld, stack } from '../security/world.ts';
import { describeWithServices } from '../services.ts';
import { startAuditedVault } from './audited-vault.ts';

const plaintext = 'correct horse battery';

const settings = `environments:
  dev:
    region: eu-west-1
    account: "111111111111"
    secrets: ["secret/data/shop"]
    hand-over:
      vault: secret/data/handed/dev
      github: { environment: shop, names: ["SHOP_*"] }
`;

/** A stack that makes nothing, gives out a plain text and a secret, and hands them over so. */
function template(handOver: object, plain = 'https://shop.example'): string {
  return JSON.stringify({
    Metadata: { Slipway: { HandOver: handOver } },
    Resources: { Thing: { Type: 'Acme::Thing', Properties: { Name: 'thing' } } },
    Outputs: {
      Url: { Value: plain },
      Password: { Value: '{{resolve:vault:secret/data/shop#password}}' },
    },
  });
}

await describeWithServices('Outputs that are handed over', ['vault'], ({ vault }) => {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault.environment;
  const login = { method: 'token', token } as const;
  const server = openVault({ address, login });
  beforeEach(() => server.write('secret/data/shop', { data: { password: plaintext } }));
  afterEach(async () => {
    for (const name of await server.list('secret/metadata/handed/dev'))
      await server.remove(`secret/metadata/handed/dev/${name}`);
  });

  /** With a real Vault, and a database that nothing but this test has. */
  async function world(at = address, by: VaultLogin = login) {
    const database = await openMemoryDatabase();
    onTestFinished(() => database.close());
    const { workflow, cloud } = await openWorld(database);
    const vaults = openVaults({ default: { address: at, login: by } }, createMasker().add);
    return { workflow: { ...workflow, vaults }, cloud, database, hub: openHub(settings) };
  }
  const merged = async (workflow: PullRequestWorkflow, hub: Hub, number: number, text: string) => {
    await approved(workflow, hub, number, text);
    hub.merge(number);
    await applyMerge(workflow, hub, number);
    return (await workflow.pullRequests.get(hub.fullName, number))!.review.stacks[0]!;
  };
  const events = async (workflow: PullRequestWorkflow) =>
    (await workflow.audit.entries(0, 1000)).map(({ text }) => JSON.parse(text));
  const handed = async (path: string) => (await server.read(`secret/data/handed/dev/${path}`))?.data;

  test('go where the plan said, once, and are in nothing that is kept', async () => {
    const { workflow, database, hub } = await world();
    const text = template({
      Url: { Vault: 'web#url', Variable: 'SHOP_URL' },
      Password: { Vault: 'web#password', Secret: 'SHOP_PASSWORD' },
    });
    const review = await merged(workflow, hub, 1, text);
    expect(review.phase).toBe('applied');
    expect(await handed('web')).toEqual({ url: 'https://shop.example', password: plaintext });
    expect(Object.fromEntries(hub.given)).toEqual({
      'shop variable SHOP_URL': { value: 'https://shop.example', times: 1 },
      'shop secret SHOP_PASSWORD': { value: plaintext, times: 1 },
    });
    const [comment] = [...hub.comments.values()].filter(({ login }) => login.endsWith('[bot]'));
    expect(comment?.body).toContain(
      'hand over Password to the secret SHOP_PASSWORD of the GitHub environment shop',
    );

    // Nothing changed: nothing is in the plan, and nothing is written again.
    const again = await merged(workflow, hub, 2, text);
    expect(again.plan?.handOvers).toBeUndefined();
    expect(hub.given.get('shop secret SHOP_PASSWORD')?.times).toBe(1);

    // Its fingerprint tells that the secret was rotated, and then it goes again.
    await server.write('secret/data/shop', { data: { password: `${plaintext} 2` } });
    await merged(workflow, hub, 3, text);
    expect(hub.given.get('shop secret SHOP_PASSWORD')).toEqual({ value: `${plaintext} 2`, times: 2 });
    expect(hub.given.get('shop variable SHOP_URL')?.times).toBe(1);

    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public'`.execute(
      database.kysely,
    );
    for (const { name } of tables) {
      const { rows } = await sql`select * from ${sql.table(name)}`.execute(database.kysely);
      expect(JSON.stringify(rows), name).not.toContain(plaintext);
    }
    for (const { body } of hub.comments.values()) expect(body).not.toContain(plaintext);
  });

  test('are taken back when the template hands them over no more, and what others put beside them stays', async () => {
    const { workflow, hub } = await world();
    await merged(
      workflow,
      hub,
      1,
      template({ Url: { Vault: 'web#url', Variable: 'SHOP_URL' }, Password: { Vault: 'web#password' } }),
    );
    hub.given.set('shop variable SHOP_OTHER', { value: 'theirs', times: 1 });
    const review = await merged(workflow, hub, 2, template({ Password: { Vault: 'web#password' } }));
    expect(review.plan?.handOvers?.map(({ action, output }) => `${action} ${output}`)).toEqual([
      'take-back Url',
      'take-back Url',
    ]);
    expect(await handed('web')).toEqual({ password: plaintext });
    expect([...hub.given.keys()]).toEqual(['shop variable SHOP_OTHER']);
    await merged(workflow, hub, 3, template({}));
    expect(await server.read('secret/metadata/handed/dev/web')).toBeUndefined();
    expect(await workflow.state.handOvers(stack)).toEqual([]);
  });

  test('do not go over what somebody else has put there, in Vault and on GitHub', async () => {
    const { workflow, hub } = await world();
    await server.write('secret/data/handed/dev/web', { data: { url: 'theirs' } });
    const first = await merged(workflow, hub, 1, template({ Url: { Vault: 'web#url' } }));
    // Found before anything is changed: nothing was made.
    expect(first.diagnostics.map(({ code }) => code)).toEqual(['hand-over-refused']);
    expect(await workflow.state.stack(stack)).toBeUndefined();
    expect(await handed('web')).toEqual({ url: 'theirs' });

    hub.given.set('shop variable SHOP_URL', { value: 'theirs', times: 1 });
    const second = await merged(workflow, hub, 2, template({ Url: { Variable: 'SHOP_URL' } }));
    expect(second.phase).toBe('failed');
    expect(hub.given.get('shop variable SHOP_URL')).toEqual({ value: 'theirs', times: 1 });
  });

  test('that did not arrive fail the run, and a retry hands over what is left and nothing else', async () => {
    const { workflow, cloud, hub } = await world();
    const text = template({ Url: { Variable: 'SHOP_URL' }, Password: { Secret: 'SHOP_PASSWORD' } });
    const { environmentValues } = hub;
    hub.environmentValues = (name) => ({
      ...environmentValues(name),
      putSecret: async () => {
        throw new SlipwayError('hand-over-failed', { summary: 'GitHub is away' });
      },
    });
    const failed = await merged(workflow, hub, 1, text);
    expect(failed.phase).toBe('failed');
    expect(failed.progress?.steps.filter(({ state }) => state === 'failed')).toMatchObject([
      { logicalId: 'Password', reason: expect.stringContaining('GitHub is away') },
    ]);
    expect(hub.issues.raised).toHaveLength(1);
    const made = [...cloud.things.keys()];

    hub.environmentValues = environmentValues;
    await applyMerge(workflow, hub, 1);
    const review = (await workflow.pullRequests.get(hub.fullName, 1))!.review.stacks[0]!;
    expect(review.phase).toBe('applied');
    expect(hub.given.get('shop secret SHOP_PASSWORD')).toEqual({ value: plaintext, times: 1 });
    expect(hub.given.get('shop variable SHOP_URL')?.times).toBe(1);
    expect([...cloud.things.keys()]).toEqual(made);
  });

  test('go again after a process died between handing one over and writing that down', async () => {
    const { workflow, hub } = await world();
    const text = template({ Password: { Secret: 'SHOP_PASSWORD', Wrapped: 'PT1H' } });
    await approved(workflow, hub, 1, text);
    hub.merge(1);
    // The process is gone in the middle of it, and its lock runs out.
    const endHandOver = () => new Promise<never>(() => {});
    const died = { ...workflow, state: { ...workflow.state, endHandOver } };
    void applyMerge(died, hub, 1).catch(() => {});
    await expect.poll(() => hub.given.get('shop secret SHOP_PASSWORD')?.times, { timeout: 5_000 }).toBe(1);
    const lost = hub.given.get('shop secret SHOP_PASSWORD')!.value;
    const [begun] = await workflow.state.handOvers(stack);
    expect(begun).toMatchObject({ status: 'begun', wrapped: { accessor: expect.any(String) } });
    const run = await workflow.state.unfinishedRun(stack);
    const lock = { stack, holder: workflow.holder, fence: 1 };
    await workflow.state.unlock(lock);

    await applyMerge(workflow, hub, 1);
    expect((await workflow.state.runs(stack, 5)).map(({ id, status }) => [id, status])).toEqual([
      [run?.id, 'succeeded'],
    ]);
    const now = hub.given.get('shop secret SHOP_PASSWORD')!;
    expect(now.times).toBe(2);
    // Of the two tokens only the one that is written down opens anything.
    await expect(opened(lost)).rejects.toThrow();
    expect(await opened(now.value)).toEqual({ value: plaintext });
  });

  /** As a workflow does it: with nothing but the token, of which looking at it first is a use. */
  async function opened(wrapping: string): Promise<unknown> {
    const headers = { 'x-vault-token': wrapping };
    const response = await fetch(`${address}/v1/sys/wrapping/unwrap`, { method: 'POST', headers });
    if (!response.ok) throw new Error(`Vault answers ${response.status}`);
    return ((await response.json()) as { data: unknown }).data;
  }

  test('wrapped ones are a token that opens once, and who opens it too early raises an alarm', async () => {
    const { workflow, hub } = await world();
    const text = template({ Password: { Secret: 'SHOP_PASSWORD', Wrapped: 'PT1H' } });
    const review = await merged(workflow, hub, 1, text);
    expect(review.phase).toBe('applied');
    const { value } = hub.given.get('shop secret SHOP_PASSWORD')!;
    expect(value).not.toContain(plaintext);
    expect(await opened(value)).toEqual({ value: plaintext });
    await expect(opened(value)).rejects.toThrow();
    expect((await events(workflow)).map(({ event }) => event)).not.toContain('wrapped-token-opened');

    // A thief who sees what GitHub is given, at once.
    await server.write('secret/data/shop', { data: { password: `${plaintext} 2` } });
    const { environmentValues } = hub;
    hub.environmentValues = (name) => ({
      ...environmentValues(name),
      async putSecret(secret, given) {
        await environmentValues(name).putSecret(secret, given);
        await opened(given);
      },
    });
    const stolen = await merged(workflow, hub, 2, text);
    expect(stolen.phase).toBe('failed');
    expect(stolen.progress?.steps.at(-1)?.reason).toContain('was opened by somebody else');
    expect((await events(workflow)).find(({ event }) => event === 'wrapped-token-opened')).toMatchObject({
      output: 'Password',
      place: 'secret:acme/shop:SHOP_PASSWORD:shop',
      found: 'before its run had ended',
    });
  });

  test('of which the consumer finds that it is gone are looked at: opened in its time by another, or too late', async () => {
    const { workflow, hub } = await world();
    const text = template({ Password: { Secret: 'SHOP_PASSWORD', Wrapped: 'PT1H' } });
    await merged(workflow, hub, 1, text);
    const environment = { name: 'dev', after: [], approvals: [] };
    const asked = { stack, environment, output: 'Password' };
    expect((await reportUnopened(workflow, asked)).became).toBe('whole');
    await opened(hub.given.get('shop secret SHOP_PASSWORD')!.value);
    const later = { ...workflow.clock, now: () => new Date(workflow.clock.now().getTime() + 7_200_000) };
    expect((await reportUnopened({ ...workflow, clock: later }, asked)).became).toBe('expired');
    expect((await events(workflow)).map(({ event }) => event)).not.toContain('wrapped-token-opened');
    // There is a new one with the next merge, though the secret is the same.
    await merged(workflow, hub, 2, text);
    const again = hub.given.get('shop secret SHOP_PASSWORD')!;
    expect(again.times).toBe(2);

    await opened(again.value);
    expect((await reportUnopened(workflow, asked)).became).toBe('opened');
    expect((await events(workflow)).filter(({ event }) => event === 'wrapped-token-opened')).toMatchObject([
      { output: 'Password', found: 'by its consumer' },
    ]);
    const other = reportUnopened(workflow, { ...asked, output: 'Url' });
    await expect(other).rejects.toMatchObject({ code: 'state-missing' });
  });

  test('do not go to GitHub from the command line, where a destroy leaves what is there and tells of it', async () => {
    const { workflow, cloud, hub } = await world();
    const text = template({ Url: { Variable: 'SHOP_URL', Vault: 'web#url' } });
    const { settings: read } = parseSettings(settings, '.github/slipway.yml');
    const source = { stack, environment: read!.environments[0]!, file: 'infra/a.yaml', packs: [] };
    const permit = () => true;
    const refused = await applyStack(workflow, { source: { ...source, text }, cause: {}, permit });
    expect([refused.status, refused.planned.diagnostics[0]?.code]).toEqual([
      'unplannable',
      'hand-over-refused',
    ]);
    expect(cloud.things.size).toBe(0);

    await merged(workflow, hub, 1, text);
    const gone = { ...source, text: undefined };
    expect((await applyStack(workflow, { source: gone, cause: {}, permit })).status).toBe('succeeded');
    expect(await server.read('secret/metadata/handed/dev/web')).toBeUndefined();
    expect(hub.given.has('shop variable SHOP_URL')).toBe(true);
    expect((await workflow.state.handOvers(stack)).map(({ place }) => place)).toEqual([
      'variable:acme/shop:SHOP_URL:shop',
    ]);
  });

  test('leave evidence: what Vault has in its audit log of a run is in ours, by the same ids', async () => {
    const audited = await startAuditedVault();
    try {
      const login = { method: 'token', token: audited.token } as const;
      const admin = openVault({ address: audited.address, login });
      await admin.write('secret/data/shop', { data: { password: plaintext } });
      await admin.write('sys/config/auditing/request-headers/x-correlation-id', { hmac: false });
      const { workflow, hub } = await world(audited.address, login);
      const handOver = { Vault: 'web#password', Secret: 'SHOP_PASSWORD', Wrapped: 'PT1H' };
      await approved(workflow, hub, 1, template({ Password: handOver }));
      const before = new Set((await audited.answers()).map(({ request }) => request.id));
      hub.merge(1);
      await applyMerge(workflow, hub, 1);

      const used = (await events(workflow)).filter(({ event }) => event === 'vault-used');
      const [run] = await workflow.state.latestRuns(stack, 1);
      expect(new Set(used.map((entry) => entry.run))).toEqual(new Set([run?.id]));
      const uses: VaultUse[] = used.flatMap((entry) => entry.uses);
      const theirs = (await audited.answers()).filter(({ request }) => !before.has(request.id));
      const pathsById = theirs.map(({ request }) => [request.id, request.path]);
      // Vault gives no id with what it wraps, and none where it has nothing to answer: those have their path alone.
      const named = uses.flatMap(({ request, path }) => (request === undefined ? [] : [[request, path]]));
      expect(named.length).toBeGreaterThan(2);
      expect(pathsById).toEqual(expect.arrayContaining(named));
      // And the other way: whatever Vault says was read or written is in the record.
      const isThere = theirs.filter(({ request }) => request.path.startsWith('secret/data/'));
      expect(isThere.length).toBeGreaterThan(1);
      for (const { request } of isThere)
        expect(
          uses.some((use) => use.request === request.id),
          request.path,
        ).toBe(true);
      const ofRun = theirs.filter(({ request }) => request.headers?.['x-correlation-id']?.[0] === run?.id);
      expect(ofRun.map(({ request }) => request.path)).toEqual(
        expect.arrayContaining(['sys/wrapping/wrap', 'secret/metadata/handed/dev/web']),
      );
      const ours = uses.map(({ path }) => path);
      for (const { request } of ofRun) expect(ours).toContain(request.path);
      expect(JSON.stringify(used)).not.toContain(plaintext);
    } finally {
      await audited.stop();
    }
  });
});
