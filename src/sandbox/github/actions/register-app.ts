import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { invalid } from '../http/refusal.ts';
import type { Account } from '../model/account.ts';
import type { Actor } from '../model/actor.ts';
import type { App, AppManifest, Installation, Level } from '../model/app.ts';
import { timestamp, type World } from '../model/world.ts';
import { createAccount } from './accounts.ts';
import { announceInstalled } from './installations.ts';

const levels: readonly string[] = ['read', 'write', 'admin'];

/** Registers an App as its manifest describes it, and answers it with its private key, which only it will have. */
export async function registerApp(
  world: World,
  owner: Account,
  content: { readonly manifest: AppManifest; readonly webhookUrl: string; readonly webhookSecret: string },
): Promise<{ readonly app: App; readonly privateKey: string }> {
  const { manifest } = content;
  const name = manifest.name ?? 'app';
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const { publicKey, privateKey } = await makeKeys();
  const permissions: Record<string, Level> = { metadata: 'read' };
  for (const [permission, level] of Object.entries(manifest.default_permissions ?? {})) {
    if (!levels.includes(level)) throw invalid({ resource: 'App', field: permission, code: 'invalid' });
    permissions[permission] = level as Level;
  }
  const app: App = {
    id: world.newId(),
    slug,
    name,
    description: manifest.description ?? null,
    owner,
    bot: createAccount(world, 'Bot', `${slug}[bot]`),
    publicKey,
    permissions,
    events: [...(manifest.default_events ?? [])],
    createdAt: timestamp(world),
    hookId: world.newId(),
    webhookUrl: content.webhookUrl,
    webhookSecret: content.webhookSecret,
  };
  world.apps.set(app.id, app);
  return { app, privateKey };
}

async function makeKeys(): Promise<{ readonly publicKey: KeyObject; readonly privateKey: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return {
    publicKey: createPublicKey(privateKey),
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

/** Installs an App on all repositories of an account, those to come included. */
export async function installApp(
  world: World,
  app: App,
  account: Account,
  actor: Actor,
): Promise<Installation> {
  const installation: Installation = {
    id: world.newId(),
    app,
    account,
    createdAt: timestamp(world),
    repositories: 'all',
    suspendedAt: null,
  };
  world.installations.set(installation.id, installation);
  await announceInstalled(world, installation, actor);
  return installation;
}
