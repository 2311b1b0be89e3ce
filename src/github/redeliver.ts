import type { Octokit } from './open-repository.ts';

/** Of a hundred deliveries each. More than these in one go are for the next time. */
const mostPages = 20;

/**
 * Asks GitHub to send again what did not arrive since then: it tries each webhook once, and one that found nobody at
 * home, such as a merge while Slipway was being restarted, would be lost. `octokit` is the App's own. Gives how many.
 * https://docs.github.com/en/webhooks/using-webhooks/automatically-redelivering-failed-deliveries-for-a-github-app-webhook
 */
export async function redeliverMissed(octokit: Octokit, since: Date): Promise<number> {
  const arrived = new Set<string>();
  const failed = new Map<string, number>();
  let pages = 0;
  const newestFirst = octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, { per_page: 100 });
  for await (const { data } of newestFirst) {
    const recent = data.filter((d) => new Date(d.delivered_at) >= since);
    for (const { guid, id, status_code, event } of recent) {
      // What was pushed is looked at from time to time in any case.
      if (event === 'push') continue;
      if (status_code >= 200 && status_code < 300) arrived.add(guid);
      else if (!failed.has(guid)) failed.set(guid, id);
    }
    pages++;
    if (recent.length < data.length || pages === mostPages) break;
  }
  // The oldest first, as they happened.
  const missed = [...failed].filter(([guid]) => !arrived.has(guid)).reverse();
  for (const [, delivery_id] of missed) await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id });
  return missed.length;
}
