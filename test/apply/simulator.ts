/**
 * A cloud in memory with its own time, which fails when it is told to: what takes AWS minutes takes no time here, and
 * the same seed gives the same run. `test-types.ts` has the resource types that use it.
 */
import type { Clock } from '../../src/base/clock.ts';
import { SlipwayError } from '../../src/base/error.ts';
import type { Properties, Value } from '../../src/base/value.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import type { ProviderContext } from '../../src/provider/provider.ts';
import { type Random, seededRandom } from '../../src/sandbox/fault-proxy/random.ts';

/** What exists, or was deleted a moment ago. */
export interface CloudObject {
  readonly id: string;
  readonly type: string;
  properties: Properties;
  /** Slipway's tags; empty for a type that cannot carry any. */
  tags: Readonly<Record<string, string>>;
  readonly token?: string;
  /** Who made it, for the test alone: also of what carries no tag. */
  readonly madeBy: string;
  readonly visibleAt: number;
  deletedAt?: number;
}

/** What a call meets. `before`: it never arrives. `after`: it is done and its answer is lost. */
export type Fault = 'none' | 'throttled' | 'before' | 'after' | 'refused';

export interface Cloud {
  readonly clock: Clock;
  readonly random: Random;
  /** All that is really there. */
  live(): CloudObject[];
  get(id: string): CloudObject | undefined;
  /** As a list shows them: what is young may be missing, and what was deleted a moment ago may be there. */
  listed(): CloudObject[];
  add(object: Omit<CloudObject, 'visibleAt'>): CloudObject;
  newId(prefix: string): string;
  remove(id: string): void;
  /** Somebody's hand: no rule is minded. */
  vanish(id: string): void;
  advance(ms: number): void;
}

/** How long something new or gone may be seen wrongly, at most. */
const lagMs = 3000;

export function createCloud(seed: number): Cloud {
  const random = seededRandom(seed);
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  let ids = 0;
  const objects = new Map<string, CloudObject>();
  const live = () => [...objects.values()].filter((o) => o.deletedAt === undefined);
  return {
    random,
    clock: {
      now: () => new Date(now),
      async sleep(ms, signal) {
        const until = now + ms;
        // Gives the others a turn, as time does.
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        signal?.throwIfAborted();
        now = Math.max(now, until);
      },
    },
    live,
    get: (id) => live().find((o) => o.id === id),
    listed: () =>
      [...objects.values()].filter(
        (o) => o.visibleAt <= now && (o.deletedAt === undefined || o.deletedAt > now),
      ),
    add(object) {
      const added = { ...object, visibleAt: now + Math.floor(random() * lagMs) };
      objects.set(object.id, added);
      return added;
    },
    newId: (prefix) => `${prefix}-${++ids}`,
    remove(id) {
      const object = objects.get(id);
      if (object) object.deletedAt = now + Math.floor(random() * lagMs);
    },
    vanish: (id) => void objects.delete(id),
    advance: (ms) => {
      now += ms;
    },
  };
}

/** What a process is on its way to: a name for every moment at which it could die or stall. */
export type Point = string;

/** One process of Slipway. It can die or stall at every point. */
export interface Process {
  /** Passes a point, or stays there. A dead process never passes one: nothing of it runs any more. */
  pass(point: Point): Promise<void>;
  /** Resolves with the point where it died. */
  readonly died: Promise<Point>;
  readonly isDead: () => boolean;
  readonly points: readonly Point[];
}

/** Lives for ever without `dies`. That is asked at every point. */
export function createProcess(dies: (point: Point, count: number) => boolean = () => false): Process {
  const { promise: died, resolve } = Promise.withResolvers<Point>();
  const points: Point[] = [];
  let dead = false;
  return {
    died,
    points,
    isDead: () => dead,
    async pass(point) {
      if (!dead && dies(point, points.length)) {
        dead = true;
        resolve(point);
      }
      if (dead) await new Promise(() => {});
      points.push(point);
    },
  };
}

/** One process's way to the cloud. */
export interface Client {
  readonly cloud: Cloud;
  /** A call: it passes `before NAME` and `after NAME`, and meets faults. `work` is what the cloud does. */
  call<T>(name: string, work: () => T): Promise<T>;
}

/** Of a call that the cloud refused, as opposed to one that did not get through. */
export function refused(summary: string): SlipwayError {
  return new SlipwayError('cloud-refused', { summary });
}

export function createClient(cloud: Cloud, process: Process, fault: (name: string) => Fault): Client {
  return {
    cloud,
    async call(name, work) {
      for (;;) {
        await process.pass(`before ${name}`);
        cloud.advance(20);
        const met = fault(name);
        if (met === 'throttled') {
          await cloud.clock.sleep(500);
          continue;
        }
        if (met === 'refused') throw refused(`${name} is refused for no reason`);
        if (met === 'before') throw unreachable(name);
        const result = work();
        await process.pass(`after ${name}`);
        if (met === 'after') throw unreachable(name);
        return result;
      }
    },
  };
}

function unreachable(name: string): SlipwayError {
  return new SlipwayError('cloud-unreachable', { summary: `${name} got no answer` });
}

/** The client travels where the AWS clients do. */
export function contextOf(client: Client, stack: string): ProviderContext {
  const { clock } = client.cloud;
  const aws = client as unknown as Aws;
  return { stack, region: 'eu-west-1', account: '111111111111', partition: 'test', aws, clock };
}

export function clientOf(context: ProviderContext): Client {
  return context.aws as unknown as Client;
}

/** The ids that an object hangs on. */
export function held(properties: Properties): string[] {
  const { Parent, Refs } = properties;
  const refs = Array.isArray(Refs) ? (Refs as readonly Value[]) : [];
  return [...(Parent === undefined ? [] : [Parent]), ...refs].map(String);
}
