/**
 * An HTTP proxy of ours between an AWS client and moto, which makes moto fail as a cloud fails and mind what
 * AWS minds. Enters: the client's calls, and rules. Leaves: the target's answers, or what a rule makes of
 * them, and a log of the calls. It verifies no signature, and keeps the Host header so that the target can.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../base/clock.ts';
import { type Answer, errorAnswer, isSuccess } from './answer.ts';
import { type Call, ec2Call, readCall, type WireRequest } from './call.ts';
import type { World } from './faults/fault.ts';
import type { FaultKind } from './faults/index.ts';
import { flatten, forwardTo } from './forward.ts';
import { type Random, seededRandom } from './random.ts';
import { actionMatches, type Rule } from './rule.ts';
import { type Rules, ruleSet } from './rule-set.ts';
import { parseXml } from './xml.ts';

export type { FaultSettings } from './faults/index.ts';
export { likeAws } from './like-aws.ts';
export type { Rule } from './rule.ts';
export type { Rules } from './rule-set.ts';

export interface FaultProxyOptions {
  /** Where moto is, such as `http://127.0.0.1:5000`. */
  readonly target: string;
  readonly rules?: readonly Rule[];
  /** For `chance` and jitter; seeded with 1 by default, so that a run can be repeated. */
  readonly random?: Random;
  readonly clock?: Clock;
}

/** One call that came, in the order in which they came. */
export interface LoggedCall {
  readonly service: string;
  readonly action: string;
  /** Milliseconds since 1970, when it came. */
  readonly at: number;
  /** What the client got: 0 when the connection was cut before the answer, or nothing was answered yet. */
  readonly status: number;
  readonly durationMs: number;
  /** Whether it reached the target. */
  readonly forwarded: boolean;
  /** The faults whose rules matched it. */
  readonly faults: readonly FaultKind[];
}

export interface FaultProxy {
  /** What to give to a client as its endpoint. */
  readonly url: string;
  readonly rules: Rules;
  readonly calls: readonly LoggedCall[];
  /** How many calls came: of one action, of those that a pattern such as `Describe*` fits, or in all. */
  count(action?: string): number;
  /** Forgets the rules, their memories and the log. What the target has stays. */
  reset(): void;
  stop(): Promise<void>;
}

/**
 * Starts the proxy on a free loopback port.
 *
 * @example
 * const proxy = await startFaultProxy({ target: moto.url, rules: likeAws });
 * proxy.rules.add({ match: { action: 'RunInstances', nth: 1 }, fault: { kind: 'cut', when: 'after' } });
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, clock = systemClock, random = seededRandom(1) } = options;
  const forwarder = forwardTo(target);
  const stopping = new AbortController();
  const ask: World['ask'] = async (origin, action, parameters = {}) => {
    const answer = await forwarder.send(ec2Call(origin, action, parameters).request);
    const text = answer.body.toString('utf8');
    if (!isSuccess(answer)) throw new Error(`the target answered ${action} with ${answer.status}: ${text}`);
    return parseXml(text);
  };
  const rules = ruleSet({ clock, random, stopped: stopping.signal, ask });
  for (const rule of options.rules ?? []) rules.add(rule);

  let calls: LoggedCall[] = [];
  const answerTo = async (call: Call): Promise<Answer> => {
    const began = clock.now().getTime();
    const entry = {
      service: call.service,
      action: call.action,
      at: began,
      status: 0,
      durationMs: 0,
      forwarded: false,
      faults: [] as readonly FaultKind[],
    };
    calls.push(entry);
    const { answer: pending, hits } = rules.pass(call, (passed) => {
      entry.forwarded = true;
      return forwarder.send(passed.request);
    });
    entry.faults = hits;
    const answer = await pending.catch((error: unknown) => failure(call, error));
    entry.status = answer.delivery === 'nothing' ? 0 : answer.status;
    entry.durationMs = clock.now().getTime() - began;
    return answer;
  };

  const server = createServer((incoming, response) => {
    void readRequest(incoming)
      .then((request) => answerTo(readCall(request)))
      .then((answer) => deliver(answer, response))
      // The client has gone away, and there is nobody to tell.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    rules: { add: rules.add, clear: rules.clear, list: rules.list },
    get calls() {
      return calls;
    },
    count: (action = '*') => calls.filter((call) => actionMatches(action, call.action)).length,
    reset: () => {
      rules.clear();
      calls = [];
    },
    stop: async () => {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      forwarder.close();
      await closed;
    },
  };
}

/** What comes of a call that could not be passed on. */
function failure(call: Call, error: unknown): Answer {
  // The target is gone: to the client that is a broken connection, as it is without a proxy.
  if (error instanceof Error && 'syscall' in error) {
    return { status: 0, headers: {}, body: Buffer.alloc(0), delivery: 'nothing' };
  }
  // A defect of the proxy: a status that no client retries, so that it is seen.
  const why = error instanceof Error ? error.message : String(error);
  const message = `The fault proxy failed: ${why}`;
  return errorAnswer(call, { status: 400, code: 'FaultProxyFailed', message });
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: flatten(incoming.headers),
    body: Buffer.concat(chunks),
  };
}

function deliver({ status, headers, body, delivery = 'whole' }: Answer, response: ServerResponse): void {
  if (delivery === 'nothing') {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  if (delivery === 'whole') {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}
