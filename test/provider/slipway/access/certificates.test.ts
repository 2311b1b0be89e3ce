import { afterAll, beforeAll, expect, test } from 'vitest';
import { openVault } from '../../../../src/secret/vault.ts';
import { applyStack } from '../../../../src/workflow/apply-stack.ts';
import { planStack, type StackSource } from '../../../../src/workflow/plan-stack.ts';
import { describeWithServices } from '../../../services.ts';
import { openRunningWorld, type RunningWorld } from '../../../workflow/running-world.ts';
import { startAcmePeople } from './acme-people.ts';
import { newPerson, type Person, type Trusted } from './ssh-login.ts';

/** @param cas the logical ids of those that are trusted @param mount where certificates are signed */
const template = (cas: readonly string[], mount: string) => `
Resources:
  Operators:
    Type: Slipway::Access::Operators
    Properties: { Teams: ['@acme/infra'], Certificates: true }
  Ca: { Type: Vault::SSH::CA, Properties: { Mount: ssh-old } }
  NewCa: { Type: Vault::SSH::CA, Properties: { Mount: ssh-new } }
  Signing:
    Type: Vault::SSH::Role
    DependsOn: [Ca, NewCa]
    Properties:
      Mount: ${mount}
      Name: shop-operators
      AllowUserCertificates: true
      AllowedUsers: !GetAtt Operators.AuthorizedPrincipals
      Ttl: 15m
      MaxTtl: 30m
  Door:
    Type: Acme::Door
    Properties:
      Name: till
      Code: !Join
        - "\\n--\\n"
        - - !Join ["\\n", [${cas.map((ca) => `!GetAtt ${ca}.PublicKey`).join(', ')}]]
          - !Join ["\\n", !GetAtt Operators.AuthorizedPrincipals]
          - !Join ["\\n", !GetAtt Operators.RevokedKeys]
`;

await describeWithServices('operators by certificates of Vault', ['vault'], ({ vault }) => {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault.environment;
  const server = openVault({ address, login: { method: 'token', token } });
  let acme: Awaited<ReturnType<typeof startAcmePeople>>;
  let world: RunningWorld;
  let person: Person;
  beforeAll(async () => {
    [acme, world, person] = await Promise.all([startAcmePeople(), openRunningWorld(), newPerson()]);
    for (const mount of ['ssh-old', 'ssh-new']) await server.write(`sys/mounts/${mount}`, { type: 'ssh' });
  });
  afterAll(() => Promise.all([acme.stop(), world.close(), person.remove()]));

  const sourceOf = (text: string | undefined): StackSource => ({
    stack: 'acme/shop:infra/till.yaml@prod',
    environment: {
      name: 'prod',
      after: [],
      approvals: [],
      'vault-writes': ['ssh-{old,new}/config/ca', 'ssh-{old,new}/roles/shop-*'],
    },
    file: 'infra/till.yaml',
    text,
    packs: [],
  });
  const workflow = () => ({
    ...world.workflow,
    directory: () => acme.directory(),
    vaults: { of: () => server, server: () => server },
  });
  const plan = (text: string) => planStack(workflow(), sourceOf(text));
  const apply = async (text: string | undefined) => {
    const asked = { source: sourceOf(text), cause: {}, permit: () => true };
    expect(await applyStack(workflow(), asked)).toMatchObject({ status: 'succeeded' });
  };
  /** What the machine was told: its user data. */
  const delivered = (): Trusted => {
    const parts = String(world.doors.get('till')?.Code).split('\n--\n');
    const [cas, principals, revoked] = parts.map((part) => part.split('\n').filter((line) => line !== ''));
    return { cas: cas!, principals: principals!, revoked: revoked! };
  };
  const sign = async (mount: string, principal: string, by = server): Promise<string> => {
    const asked = { public_key: person.publicKey, valid_principals: principal, cert_type: 'user' };
    return String((await by.write(`${mount}/sign/shop-operators`, asked))?.signed_key);
  };

  test('a certificate lets in whom the team has, as themselves, and nobody who has left', async () => {
    await apply(template(['Ca'], 'ssh-old'));
    const before = delivered();
    expect(before.principals).toEqual(['operator', 'reviewer']);
    const certificate = await sign('ssh-old', 'reviewer');
    const description = await person.describe(certificate);
    expect(description).toMatch(/Principals:\s+reviewer\n/);
    const [, from, to] = /Valid: from (\S+) to (\S+)/.exec(description)!;
    expect(Date.parse(to!) - Date.parse(from!)).toBeLessThanOrEqual(16 * 60_000);
    expect(await person.isLetIn(certificate, before, 'reviewer')).toBe(true);
    expect(await person.isLetIn(certificate, before, 'operator')).toBe(false);
    await expect(sign('ssh-old', 'author')).rejects.toMatchObject({ code: 'vault-rejected' });
    await expect(sign('ssh-old', 'operator,root')).rejects.toMatchObject({ code: 'vault-rejected' });

    await acme.github.removeTeamMember('acme', 'infra', 'reviewer');
    const { plan: leaving } = await plan(template(['Ca'], 'ssh-old'));
    expect(leaving?.changes.map(({ logicalId, action }) => [logicalId, action])).toEqual([
      ['Ca', 'none'],
      ['Door', 'update'],
      ['NewCa', 'none'],
      ['Operators', 'update'],
      ['Signing', 'update'],
    ]);
    await apply(template(['Ca'], 'ssh-old'));
    await expect(sign('ssh-old', 'reviewer')).rejects.toMatchObject({ code: 'vault-rejected' });
    expect(await person.isLetIn(certificate, delivered(), 'reviewer')).toBe(false);
    await acme.github.addTeamMember('acme', 'infra', 'reviewer');
  });

  test('a policy that names the login has nobody sign for another', async () => {
    await apply(template(['Ca'], 'ssh-old'));
    await server.write('sys/policies/acl/operator-signs', {
      policy: `path "ssh-old/sign/shop-operators" {
        capabilities = ["update"]
        allowed_parameters = { "valid_principals" = ["operator"], "*" = [] }
      }`,
    });
    const answer = await fetch(`${address}/v1/auth/token/create`, {
      method: 'POST',
      headers: { 'x-vault-token': token },
      body: JSON.stringify({ policies: ['operator-signs'] }),
    });
    const { auth } = (await answer.json()) as { auth: { client_token: string } };
    const own = openVault({ address, login: { method: 'token', token: auth.client_token } });
    expect(await sign('ssh-old', 'operator', own)).toContain('-cert-v01@openssh.com');
    for (const principals of ['reviewer', 'operator,reviewer'])
      await expect(sign('ssh-old', principals, own)).rejects.toMatchObject({ code: 'vault-denied' });
  });

  test('while the CA is rotated both are trusted, and afterwards the new one is', async () => {
    await apply(template(['Ca'], 'ssh-old'));
    const old = await sign('ssh-old', 'reviewer');
    await apply(template(['Ca', 'NewCa'], 'ssh-new'));
    const [both, young] = [delivered(), await sign('ssh-new', 'reviewer')];
    expect(both.cas).toHaveLength(2);
    const lets = async (trusted: Trusted) => [
      await person.isLetIn(old, trusted, 'reviewer'),
      await person.isLetIn(young, trusted, 'reviewer'),
    ];
    expect(await lets(both)).toEqual([true, true]);
    // Where it was, nothing is signed any more.
    await expect(sign('ssh-old', 'reviewer')).rejects.toMatchObject({ code: 'vault-rejected' });
    await apply(template(['NewCa'], 'ssh-new'));
    expect(await lets(delivered())).toEqual([false, true]);
  });

  test('a key that somebody has withdrawn is refused, with a certificate too', async () => {
    acme.github.setPublishedKeys('reviewer', [person.publicKey]);
    await apply(template(['NewCa'], 'ssh-new'));
    const certificate = await sign('ssh-new', 'reviewer');
    expect(await person.isLetIn(certificate, delivered(), 'reviewer')).toBe(true);
    acme.github.setPublishedKeys('reviewer', []);
    await apply(template(['NewCa'], 'ssh-new'));
    expect(delivered().revoked).toContain(`${person.publicKey} reviewer`);
    expect(await person.isLetIn(certificate, delivered(), 'reviewer')).toBe(false);
    await acme.github.removeTeamMember('acme', 'infra', 'reviewer');
    await apply(template(['NewCa'], 'ssh-new'));
    expect(delivered().revoked).toContain(`${person.publicKey} reviewer`);
    await apply(undefined);
    expect((await server.read('ssh-new/roles/shop-operators')) ?? 'gone').toBe('gone');
  });
});
