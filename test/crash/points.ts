/** The moments at which a process can be killed: around every write to the state, and around every call that changes the cloud. */
import type { Aws } from '../../src/provider/aws/aws.ts';
import type { State } from '../../src/state/state.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';

/** `before begin` or `after CreateVpc`, whose how-manieth: `before begin 3`. */
export type Point = string;

const writes = new Set<keyof State>([
  'putStack',
  'putResource',
  'removeResource',
  'beginRun',
  'endRun',
  'begin',
  'end',
  'unlock',
]);

/** The workflow, telling of every point that it passes. `reached` may not return. */
export function watched(workflow: Workflow, reached: (point: Point) => void): Workflow {
  const seen = new Map<string, number>();
  const pass = (moment: string) => {
    const count = (seen.get(moment) ?? 0) + 1;
    seen.set(moment, count);
    reached(`${moment} ${count}`);
  };
  const around = async (name: string, call: () => unknown) => {
    pass(`before ${name}`);
    const answer = await call();
    pass(`after ${name}`);
    return answer;
  };
  const wrap = <T extends object>(target: T, isWatched: (name: string) => boolean): T =>
    new Proxy(target, {
      get(_, name: string) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...parameters: unknown[]) => {
          const call = () => Reflect.apply(member, target, parameters) as unknown;
          return isWatched(name) ? around(name, call) : call();
        };
      },
    });
  const changes = (name: string) =>
    /^(create|delete|put|associate|disassociate|authorize|revoke|modify|update|tag|untag)/.test(name);
  return {
    ...workflow,
    state: wrap(workflow.state, (name) => writes.has(name as keyof State)),
    openAws: (target) => {
      const aws = workflow.openAws(target);
      const client = async (open: () => Promise<object>) => wrap(await open(), changes);
      return {
        ...aws,
        ec2: () => client(() => aws.ec2()),
        iam: () => client(() => aws.iam()),
      } as Aws;
    },
  };
}
