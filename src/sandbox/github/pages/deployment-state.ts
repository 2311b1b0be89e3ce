import { html } from 'hono/html';
import type { Deployment, DeploymentState } from '../model/deployment.ts';
import type { Html } from './site.ts';

const words: Readonly<Record<DeploymentState, readonly [word: string, tone: string]>> = {
  success: ['Active', 'good'],
  in_progress: ['In progress', 'busy'],
  queued: ['Queued', 'busy'],
  pending: ['Pending', 'busy'],
  failure: ['Failure', 'bad'],
  error: ['Error', 'bad'],
  inactive: ['Inactive', 'quiet'],
};

/** How a deployment stands, in GitHub's words. */
export function deploymentState({ statuses }: Deployment): Html {
  const [word, tone] = words[statuses.at(-1)?.state ?? 'pending'];
  return html`<span class="pill ${tone}">${word}</span>`;
}
