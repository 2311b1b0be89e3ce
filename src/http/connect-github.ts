import { Probot } from 'probot';
import { systemClock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import { clientClass, countingListener, listeningFetch } from '../github/client-class.ts';
import type { Octokit } from '../github/open-repository.ts';
import { readOwnApp } from '../github/own-app.ts';
import { type GitHubStanding, githubStanding } from '../github/standing.ts';
import type { ServerConfig } from './config.ts';

/** GitHub, as this process reaches it. */
export interface GitHubConnection {
  /** With which Probot makes its clients. */
  readonly options: NonNullable<ConstructorParameters<typeof Probot>[0]>;
  /** An installation's client; the App's own where none is named. */
  client(installation?: number): Promise<Octokit>;
  readonly standing: GitHubStanding;
}

/**
 * Makes the clients, and asks GitHub for the App before anything is begun: with another one's key nothing would ever
 * work, and without GitHub nothing does for now.
 *
 * @throws SlipwayError `github-app-refused`
 */
export async function connectGitHub(
  config: ServerConfig,
  metrics: Metrics,
  log: Log,
): Promise<GitHubConnection> {
  const standing = githubStanding(systemClock, async () => readOwnApp(await client()));
  const options = {
    appId: config.appId,
    privateKey: config.privateKey,
    secret: config.webhookSecret,
    baseUrl: config.apiUrl,
    log,
    Octokit: clientClass(config),
    request: { fetch: listeningFetch([countingListener(metrics), standing]) },
  };
  const clients = new Probot(options);
  const client = async (installation?: number) => (await clients.auth(installation)) as unknown as Octokit;
  await lookForApp(standing, log);
  return { options, client, standing };
}

async function lookForApp(standing: GitHubStanding, log: Log): Promise<void> {
  try {
    const missing = await standing.look();
    if (missing.length === 0) return;
    log.warn(
      { missing },
      'the App lacks what app.yml asks for: add it on its settings page, and accept it where it is installed',
    );
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    log.warn({ err: error }, 'GitHub does not answer: webhooks are stored, and what they ask for waits');
  }
}
