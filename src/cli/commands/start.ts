import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { DefineCommand } from '../program.ts';

/** For what is still to be written when all is done. */
const lingerMs = 500;

export const defineStart: DefineCommand = (command, terminal, choose) => {
  command
    .addHelpText(
      'after',
      `
The configuration comes from the environment, or from a file named .env: APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH,
WEBHOOK_SECRET, AWS_REGION, and if wanted DATABASE_URL, HOST, PORT, GHE_HOST, LOG_LEVEL. Without APP_ID it serves
a page that registers the App with GitHub and writes .env.

It ends with 0 when it is told to, with 130 when Ctrl-C is pressed once more, and with 75 when a newer version has changed the database.

Example:
  $ APP_ID=123 PRIVATE_KEY_PATH=slipway.pem WEBHOOK_SECRET=... AWS_REGION=eu-west-1 slipway start
`,
    )
    .action(() => {
      choose(async () => {
        const dotenv = resolve(terminal.cwd, '.env');
        if (existsSync(dotenv)) process.loadEnvFile(dotenv);
        // Loaded here: the other commands need neither Probot nor the queue, which take half a second to load.
        const { isRegistered, readConfig } = await import('../../http/config.ts');
        if (!isRegistered(process.env)) {
          const { serveSetup } = await import('../../http/serve-setup.ts');
          terminal.err(
            'APP_ID and PRIVATE_KEY are not set: serving the page that registers the App with GitHub.',
          );
          await serveSetup(process.env, terminal.cwd);
          return 0;
        }
        const end = endOnSignal();
        const { createMasker } = await import('../../secret/masker.ts');
        const { withSecretFiles } = await import('../../secret/secret-files.ts');
        const { withVaultValues } = await import('../../secret/vault/configured-values.ts');
        // What a file holds may name a place in Vault, too.
        const config = readConfig(await withVaultValues(withSecretFiles(process.env), createMasker()));
        const { serve } = await import('../../http/serve.ts');
        const server = await serve(config);
        const { runToEnd } = await import('../../http/run-to-end.ts');
        const code = await runToEnd(server, end, systemClock, terminal.err);
        // Calls that GitHub has not answered would keep the process for half a minute, and nobody waits for them.
        setTimeout(() => process.exit(), lingerMs).unref();
        return code;
      });
    });
};

/**
 * Aborts once the process is told to end, also while it still starts: as the first process of a container it would not
 * hear of it otherwise. A second Ctrl-C, of somebody who waits, ends it as it is; whoever supervises it has SIGKILL.
 */
function endOnSignal(): AbortSignal {
  const end = new AbortController();
  process.on('SIGINT', () => {
    if (end.signal.aborted) process.exit(130);
    end.abort();
  });
  process.on('SIGTERM', () => end.abort());
  return end.signal;
}
