/**
 * The proof that a server has its database password and its trust in SSH keys from Vault, and that the password is
 * nowhere else. A witness asks Vault and AWS, with none of Slipway's code.
 */
import { generateKeyPairSync } from 'node:crypto';
import { DescribeInstanceAttributeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { hasCopy } from './copies.ts';
import { expect } from './expect.ts';
import type { ShopVault } from './shop-vault.ts';

const secretPath = 'secret/data/shop/database';

/** Where a copy could be, and a text that has to be found there: else what is looked through is not what it seems. */
export interface Place {
  /** What the texts are, such as `comments`. */
  readonly name: string;
  readonly texts: readonly string[];
  readonly holds: string;
}

/** The text of an instance's user data, as the cloud gives it. */
export async function readUserData(aws: Readonly<Record<string, string>>, id: string): Promise<string> {
  const ec2 = new EC2Client({
    region: aws.AWS_REGION!,
    endpoint: aws.AWS_ENDPOINT_URL!,
    credentials: { accessKeyId: aws.AWS_ACCESS_KEY_ID!, secretAccessKey: aws.AWS_SECRET_ACCESS_KEY! },
  });
  try {
    const { UserData } = await ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
    );
    return Buffer.from(UserData?.Value ?? '', 'base64').toString();
  } finally {
    ec2.destroy();
  }
}

/** With nothing but what is in its user data, as the server does at its start. Gives the password. */
export async function logInAsServer(vault: ShopVault, userData: string): Promise<string> {
  const [, role_id = ''] = /role_id='([^']+)'/.exec(userData) ?? [];
  const { data: auth } = await vault.ask('auth/approle/login', { body: { role_id }, token: '' });
  const token = String(auth.client_token);
  const { data } = await vault.ask(secretPath, { token });
  const { password } = (data.data ?? {}) as { password?: string };
  const kept = await vault.ask(secretPath);
  const [, path] = /'(secret\/data\/[^']+)'/.exec(userData) ?? [];
  expect(path === secretPath, `the user data names ${secretPath}; it names ${path}`);
  expect(/^[A-Za-z0-9]{32}$/.test(password ?? ''), 'the server reads a password of 32 letters and digits');
  expect((kept.data.data as { password?: string }).password === password, 'it is the one that Vault keeps');
  const again = await vault.ask(secretPath, { token });
  expect(again.status === 403, `its login is good for one reading; another one gives ${again.status}`);
  return password!;
}

/** Has Vault sign a person's new key. Says for how long it is good, by what the server trusts. */
export async function signPersonsKey(vault: ShopVault, userData: string): Promise<string> {
  const [, trusted = ''] = /echo 'ssh-ed25519 (\S+)' > \/etc\/ssh\/vault-ca\.pub/.exec(userData) ?? [];
  const { data } = await vault.ask('shop-ssh/sign/operators', { body: { public_key: newSshKey() } });
  const [kind, certificate = ''] = String(data.signed_key).split(' ');
  expect(kind === 'ssh-ed25519-cert-v01@openssh.com', `Vault gives a certificate; it gives ${kind}`);
  expect(trusted !== '', 'the user data has the public key of a CA');
  const isSignedBy = Buffer.from(certificate, 'base64').includes(Buffer.from(trusted, 'base64'));
  expect(isSignedBy, 'the certificate is signed by the key that the server trusts');
  const { data: role } = await vault.ask('shop-ssh/roles/operators');
  return `${Number(role.ttl) / 60} minutes`;
}

/** Throws where the secret is in one of them. Says where it was looked for. */
export function lookForCopies(secret: string, places: readonly Place[]): readonly string[] {
  for (const { name, texts, holds } of places) {
    expect(
      texts.some((text) => text.includes(holds)),
      `${holds} is found in the ${name}`,
    );
    expect(!texts.some((text) => hasCopy(text, secret)), `there is no copy of the password in the ${name}`);
  }
  return places.map(({ name, texts }) => `no copy of it, in whatever form, in ${texts.length} ${name}`);
}

/** A public key as OpenSSH writes it. The other half is forgotten. */
function newSshKey(): string {
  const key = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const parts = [Buffer.from('ssh-ed25519'), key].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-ed25519 ${Buffer.concat(parts).toString('base64')}`;
}
