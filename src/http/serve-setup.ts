import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { run } from 'probot';
import { SlipwayError } from '../base/error.ts';

const here: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Where `app.yml` is, and Probot looks for it in the working directory. */
const slipway = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Serves Probot's set-up page, which registers the App on GitHub from `app.yml` (the manifest flow) and writes
 * APP_ID, PRIVATE_KEY and WEBHOOK_SECRET to `.env` in `directory`. Runs until the process is stopped.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 *
 * @throws SlipwayError `config-invalid` where HOST lets others in: whoever comes first would own the App
 */
export async function serveSetup(env: NodeJS.ProcessEnv, directory: string): Promise<void> {
  const { HOST = 'localhost' } = env;
  if (!here.includes(HOST)) {
    throw new SlipwayError('config-invalid', {
      summary: `APP_ID is not set, and the page that registers the App is not served on HOST=${HOST}`,
      detail: 'Whoever reached it first would register the App as theirs.',
      remedy:
        'Set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET; or register the App on a machine of your own, without HOST.',
    });
  }
  // Without this Probot would open a tunnel through a third party for webhooks.
  env.NO_SMEE_SETUP ??= 'true';
  process.chdir(slipway);
  await run(() => {}, { env, updateEnv: (values) => writeEnv(join(directory, '.env'), values) });
  await new Promise<never>(() => {});
}

/** Puts the values into the file, beside what it has, where nobody else can read it. */
export function writeEnv(file: string, values: NodeJS.Dict<string>): NodeJS.Dict<string> {
  const all = { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...values };
  // A key has line ends, and comes in quotes of Probot's.
  const lines = Object.entries(all).map(([name, value = '']) => {
    const text = value.replace(/^"([\s\S]*)"$/, '$1').replaceAll('\n', '\\n');
    return text.includes('"') ? `${name}='${text}'\n` : `${name}="${text}"\n`;
  });
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  Object.assign(process.env, values);
  return all;
}
