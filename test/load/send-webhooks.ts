/**
 * Webhooks at a steady rate, whether the receiver keeps up or not: each has its time to be sent, and its wait is
 * counted from then, so that a receiver that stalls cannot make the load wait for it and look fast.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

/** What is sent, by whom it will be known again. */
export interface Webhook {
  readonly event: string;
  readonly body: string;
}

/** One that was sent. */
export interface Sent {
  readonly id: string;
  /** Which of them it was, from 0. */
  readonly index: number;
  /** 0 where there was no answer. */
  readonly status: number;
  /** From when it was to be sent until the answer. */
  readonly ms: number;
}

export interface Sending {
  readonly url: string;
  readonly secret: string;
  readonly perSecond: number;
  readonly count: number;
}

/** Sends so many, each signed as GitHub signs, and resolves when all are answered. */
export async function sendWebhooks(
  { url, secret, perSecond, count }: Sending,
  webhook: (index: number) => Webhook,
): Promise<readonly Sent[]> {
  const agent = new Agent({ keepAlive: true });
  const began = performance.now();
  const answers: Promise<Sent>[] = [];
  for (let index = 0; index < count; index++) {
    const due = began + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    const { event, body } = webhook(index);
    const id = randomUUID();
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'GitHub-Hookshot/load',
      'x-github-delivery': id,
      'x-github-event': event,
      'x-hub-signature-256': `sha256=${signature}`,
    };
    const answer = post(agent, url, headers, body);
    answers.push(answer.then((status) => ({ id, index, status, ms: performance.now() - due })));
  }
  const sent = await Promise.all(answers);
  agent.destroy();
  return sent;
}

function post(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string | number>>,
  body: string,
): Promise<number> {
  return new Promise((resolve) => {
    const sending = request(url, { agent, method: 'POST', headers, timeout: 10_000 }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    sending.once('timeout', () => sending.destroy());
    sending.once('error', () => resolve(0));
    sending.end(body);
  });
}
