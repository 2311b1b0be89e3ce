import { run } from 'probot';

/**
 * Serves Probot's set-up page, which registers the App on GitHub from `app.yml` (the manifest flow) and writes
 * APP_ID, PRIVATE_KEY and WEBHOOK_SECRET to `.env`. Runs until the process is stopped.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export async function serveSetup(env: NodeJS.ProcessEnv): Promise<void> {
  // Without this Probot would open a tunnel through a third party for webhooks.
  env.NO_SMEE_SETUP ??= 'true';
  await run(() => {}, { env });
  await new Promise<never>(() => {});
}
