import { run } from 'probot';
import { SlipwayError } from '../base/error.ts';

const here: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/**
 * Serves Probot's set-up page, which registers the App on GitHub from `app.yml` (the manifest flow) and writes
 * APP_ID, PRIVATE_KEY and WEBHOOK_SECRET to `.env`. Runs until the process is stopped.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 *
 * @throws SlipwayError `config-invalid` where HOST lets others in: whoever comes first would own the App
 */
export async function serveSetup(env: NodeJS.ProcessEnv): Promise<void> {
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
  await run(() => {}, { env });
  await new Promise<never>(() => {});
}
