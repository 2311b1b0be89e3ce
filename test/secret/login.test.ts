/** Slipway proves who it is to a real Vault. The other party of each proof is real HTTP, too. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { VaultLogin } from '../../src/secret/vault/login.ts';
import { openVault, type Vault } from '../../src/secret/vault.ts';
import { describeWithServices } from '../services.ts';

await describeWithServices('Logging in to Vault', ['vault'], ({ vault }) => {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault.environment;
  const root = openVault({ address, login: { method: 'token', token } });
  const closing: (() => unknown)[] = [];
  let folder: string;

  /** Answers on a loopback port until the file ends. */
  const serve = async (listener: RequestListener) => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const inFile = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const loggedIn = (login: VaultLogin, known = (_: string) => {}): Vault =>
    openVault({ address, login, known, retries: 0 });
  const whoIs = async (vault: Vault) => (await vault.read('auth/token/lookup-self'))?.path;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-login-'));
    closing.push(() => rm(folder, { recursive: true }));
    for (const type of ['approle', 'kubernetes', 'jwt']) await root.write(`sys/auth/${type}`, { type });
    await root.write('sys/policies/acl/reader', {
      policy: 'path "secret/data/shop" { capabilities = ["read"] }',
    });
    await root.write('secret/data/shop', { data: { password: 'correct horse' } });
    await root.write('auth/approle/role/slipway', {
      token_policies: 'reader',
      token_ttl: '2s',
      token_max_ttl: '1h',
    });
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  const appRole = async (wrapped: boolean): Promise<Extract<VaultLogin, { method: 'approle' }>> => {
    const { role_id: roleId } = (await root.read('auth/approle/role/slipway/role-id')) as { role_id: string };
    const made = await root.request({
      method: 'POST',
      path: 'auth/approle/role/slipway/secret-id',
      body: {},
      ...(wrapped ? { wrapSeconds: 60 } : {}),
    });
    const text = wrapped ? made!.wrapped!.token : String(made!.data.secret_id);
    const secretIdFile = await inFile(`secret-id-${Math.random()}`, `${text}\n`);
    return { method: 'approle', mount: 'approle', roleId, secretIdFile, wrapped };
  };

  describe('by AppRole', () => {
    test('with a secret id in a file', async () => {
      expect(await whoIs(loggedIn(await appRole(false)))).toBe('auth/approle/login');
    });

    test('with a wrapped secret id, which is opened once and kept for the next login', async () => {
      const known: string[] = [];
      const login = await appRole(true);
      const opened = loggedIn(login, (secret) => known.push(secret));
      expect(await whoIs(opened)).toBe('auth/approle/login');
      // Another client of the same process, as the one that reads Slipway's own secrets at the start.
      expect(await whoIs(loggedIn(login))).toBe('auth/approle/login');
      const { accessor } = (await opened.read('auth/token/lookup-self')) as { accessor: string };
      await root.write('auth/token/revoke-accessor', { accessor });
      // Revoked, so that this is a 403 at first.
      expect(await opened.read('secret/data/shop')).toMatchObject({ data: { password: 'correct horse' } });
      expect(known).toHaveLength(2);
    });

    test('a wrapped secret id that somebody else has opened is an alarm, and another one is taken', async () => {
      const login = await appRole(true);
      const token = (await readFile(login.secretIdFile, 'utf8')).trim();
      await root.write('sys/wrapping/unwrap', { token });
      const second = loggedIn(login);
      await expect(whoIs(second)).rejects.toMatchObject({
        code: 'vault-wrapped',
        message: expect.stringContaining('was opened before'),
      });
      await writeFile(login.secretIdFile, await readFile((await appRole(true)).secretIdFile));
      expect(await whoIs(second)).toBe('auth/approle/login');
    });

    test('what is wrapped by somebody else for something else is not taken for a secret id', async () => {
      const login = await appRole(true);
      const wrapped = await root.request({
        method: 'POST',
        path: 'sys/wrapping/wrap',
        body: { secret_id: 'of an attacker' },
        wrapSeconds: 60,
      });
      await writeFile(login.secretIdFile, wrapped!.wrapped!.token);
      await expect(whoIs(loggedIn(login))).rejects.toMatchObject({
        code: 'vault-wrapped',
        message: expect.stringContaining('not a secret id'),
      });
    });

    test('the token is renewed before it ends, and the one that was there goes on', async () => {
      const known: string[] = [];
      const opened = loggedIn(await appRole(false), (secret) => known.push(secret));
      await whoIs(opened);
      await sleep(2600);
      expect(await whoIs(opened)).toBe('auth/approle/login');
      expect(known).toHaveLength(1);
    });

    test('a secret id that is no more is told without it', async () => {
      const login = await appRole(false);
      await writeFile(login.secretIdFile, 'a-secret-id-of-nobody');
      const error = await whoIs(loggedIn(login)).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'vault-login' });
      expect(JSON.stringify(error)).not.toContain('of-nobody');
    });
  });

  test('by Kubernetes: Vault asks the cluster whose service account token it is', async () => {
    const issued = jwtOf({ sub: serviceAccount, ...kubernetesClaims });
    const reviewed: unknown[] = [];
    const cluster = await serve(async (request, response) => {
      const { spec } = JSON.parse(await bodyOf(request)) as { spec: { token: string } };
      reviewed.push(request.url);
      const authenticated = spec.token === issued;
      const user = { username: serviceAccount, uid: 'uid-1', groups: ['system:serviceaccounts'] };
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenReview',
          status: authenticated ? { authenticated, user } : { authenticated: false, error: 'unknown' },
        }),
      );
    });
    await root.write('sys/mounts/pki', { type: 'pki' });
    const { certificate } = await root.write('pki/root/generate/internal', { common_name: 'cluster' });
    await root.write('auth/kubernetes/config', {
      kubernetes_host: cluster,
      // Asked for even where the cluster is plain HTTP.
      kubernetes_ca_cert: certificate,
      disable_local_ca_jwt: true,
      token_reviewer_jwt: jwtOf({ sub: 'reviewer' }),
    });
    await root.write('auth/kubernetes/role/slipway', {
      bound_service_account_names: 'slipway',
      bound_service_account_namespaces: 'slipway',
      token_policies: 'reader',
    });
    const login = (tokenFile: string): VaultLogin => ({
      method: 'kubernetes',
      mount: 'kubernetes',
      role: 'slipway',
      tokenFile,
    });
    const account = await inFile('account', issued);
    expect(await whoIs(loggedIn(login(account)))).toBe('auth/kubernetes/login');
    expect(reviewed).toEqual(['/apis/authentication.k8s.io/v1/tokenreviews']);
    const stranger = await inFile('stranger', jwtOf({ sub: 'system:serviceaccount:other:other' }));
    await expect(whoIs(loggedIn(login(stranger)))).rejects.toMatchObject({ code: 'vault-login' });
  });

  test('by JWT: with a token in a file, which is read again at each login', async () => {
    await root.write('auth/jwt/config', { jwt_validation_pubkeys: [pem], jwt_supported_algs: ['ES256'] });
    await root.write('auth/jwt/role/slipway', {
      role_type: 'jwt',
      bound_audiences: ['vault'],
      bound_subject: 'repo:acme/slipway',
      user_claim: 'sub',
      token_policies: 'reader',
    });
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: 'repo:acme/slipway', aud: 'vault', nbf: now - 60, exp: now + 600 };
    const tokenFile = await inFile('jwt', jwtOf({ ...claims, sub: 'repo:acme/other' }));
    const opened = loggedIn({ method: 'jwt', mount: 'jwt', role: 'slipway', tokenFile });
    await expect(whoIs(opened)).rejects.toMatchObject({ code: 'vault-login' });
    await writeFile(tokenFile, jwtOf(claims));
    expect(await whoIs(opened)).toBe('auth/jwt/login');
  });

  // OpenBao has no such method. What stands in for it does what Vault does: it sends on what was signed.
  test('by AWS: what is signed for STS is handed over, and no key', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'key-that-stays-here' };
    const asked: { body: string; headers: IncomingMessage['headers'] }[] = [];
    const sts = await serve(async (request, response) => {
      asked.push({ body: await bodyOf(request), headers: request.headers });
      response.end('<Arn>arn:aws:iam::111111111111:role/slipway</Arn>');
    });
    let handed = '';
    const front = await serve(async (request, response) => {
      if (request.url !== '/v1/auth/aws/login') {
        const headers = { 'x-vault-token': String(request.headers['x-vault-token']) };
        const answer = await fetch(`${address}${request.url}`, { headers });
        return void response.setHeader('content-type', 'application/json').end(await answer.text());
      }
      handed = await bodyOf(request);
      const { iam_http_request_method: method, ...rest } = JSON.parse(handed) as Record<string, string>;
      const of = (name: string) => Buffer.from(rest[name] ?? '', 'base64').toString();
      const headers = JSON.parse(of('iam_request_headers')) as Record<string, string>;
      const { host: _, 'content-length': __, ...sent } = headers;
      const answer = await fetch(of('iam_request_url'), {
        method: method!,
        headers: sent,
        body: of('iam_request_body'),
      });
      if (!(await answer.text()).includes('role/slipway')) return void response.writeHead(403).end('{}');
      const made = await root.request({
        method: 'POST',
        path: 'auth/token/create',
        body: { policies: ['reader'] },
      });
      const { token: client_token } = made!.auth!;
      response
        .setHeader('content-type', 'application/json')
        .end(
          JSON.stringify({ request_id: 'r', auth: { client_token, lease_duration: 60, renewable: false } }),
        );
    });
    for (const [name, value] of Object.entries({ ...keys, AWS_ENDPOINT_URL_STS: sts }))
      vi.stubEnv(name, value);
    closing.push(() => vi.unstubAllEnvs());
    const opened = openVault({
      address: front,
      login: { method: 'aws', mount: 'aws', role: 'slipway', region: 'eu-west-1', serverId: 'vault.acme' },
    });
    expect(await opened.read('secret/data/shop')).toMatchObject({ data: { password: 'correct horse' } });
    expect(asked[0]!.body).toContain('Action=GetCallerIdentity');
    expect(asked[0]!.headers['x-vault-aws-iam-server-id']).toBe('vault.acme');
    expect(asked[0]!.headers.authorization).toMatch(/SignedHeaders=[^,]*x-vault-aws-iam-server-id/);
    expect(Buffer.from(handed).toString()).not.toContain('key-that-stays-here');
  });
});

const serviceAccount = 'system:serviceaccount:slipway:slipway';
const kubernetesClaims = {
  iss: 'kubernetes/serviceaccount',
  'kubernetes.io/serviceaccount/namespace': 'slipway',
  'kubernetes.io/serviceaccount/service-account.name': 'slipway',
  'kubernetes.io/serviceaccount/service-account.uid': 'uid-1',
  'kubernetes.io/serviceaccount/secret.name': 'slipway-token',
};

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' });

function jwtOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
