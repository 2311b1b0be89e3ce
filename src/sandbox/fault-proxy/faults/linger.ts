import { type AWhile, begin } from '../a-while.ts';
import { type Answer, isSuccess, withBody } from '../answer.ts';
import { type Call, ec2Call, listParameter } from '../call.ts';
import { child, type Element, elementsNamed, leaf, parseXml, textAt, writeXml } from '../xml.ts';
import type { Fault } from './fault.ts';

export interface LingerSettings {
  readonly for: AWhile;
}

/** A state between two, and the reads that show it. */
interface Transition {
  readonly state: string;
  /** Instances have a number beside the name of a state. */
  readonly code?: number;
  readonly id: string;
  readonly reads: readonly string[];
}

const INSTANCE = { id: 'instanceId', reads: ['DescribeInstances', 'DescribeInstanceStatus'] };
const NAT_GATEWAY = { id: 'natGatewayId', reads: ['DescribeNatGateways'] };

const TRANSITIONS: Readonly<Record<string, Transition>> = {
  RunInstances: { ...INSTANCE, state: 'pending', code: 0 },
  StartInstances: { ...INSTANCE, state: 'pending', code: 0 },
  StopInstances: { ...INSTANCE, state: 'stopping', code: 64 },
  TerminateInstances: { ...INSTANCE, state: 'shutting-down', code: 32 },
  CreateNatGateway: { ...NAT_GATEWAY, state: 'pending' },
  DeleteNatGateway: { ...NAT_GATEWAY, state: 'deleting' },
};

/**
 * Keeps what the matched call starts or ends in the state between for a while, as reads show it: an instance
 * stays `pending`. moto is there at once. What depends on the state within moto does not see it.
 */
export const linger: Fault<LingerSettings> = {
  create: (settings, { clock }) => {
    const lingering = new Map<string, { readonly transition: Transition; readonly lasts: () => boolean }>();
    // A create that is answered again from its client token must not begin again.
    const created = new Set<string>();
    const stateOf = (id: string): Transition | undefined => {
      const found = lingering.get(id);
      if (found === undefined || found.lasts()) return found?.transition;
      lingering.delete(id);
      return undefined;
    };
    return {
      matched: async (call, next) => {
        const answer = await next(call);
        const transition = call.protocol === 'ec2' ? TRANSITIONS[call.action] : undefined;
        if (transition === undefined || !isSuccess(answer)) return answer;
        const root = parseXml(answer.body.toString('utf8'));
        for (const element of elementsNamed(root, transition.id)) {
          const id = textAt(element);
          if (transition.state === 'pending' && call.action !== 'StartInstances') {
            if (created.has(id)) continue;
            created.add(id);
          }
          lingering.set(id, { transition, lasts: begin(settings.for, clock) });
        }
        return answer;
      },
      always: async (call, next) => {
        const isRead = call.protocol === 'ec2' && READS.has(call.action);
        if (!isRead || lingering.size === 0) return next(call);
        // The target would filter by the state that it has, and not by the one that we show.
        const { states, parameters } = withoutStateFilter(call);
        const answer = await next(ec2Call(call, call.action, parameters));
        return isSuccess(answer) ? showing(answer, stateOf, states) : answer;
      },
    };
  },
};

const READS = new Set(Object.values(TRANSITIONS).flatMap(({ reads }) => reads));

function showing(
  answer: Answer,
  stateOf: (id: string) => Transition | undefined,
  states: readonly string[] | undefined,
): Answer {
  const root = parseXml(answer.body.toString('utf8'));
  for (const name of ['instancesSet', 'instanceStatusSet', 'natGatewaySet']) {
    for (const list of elementsNamed(root, name)) {
      for (const item of list.children) {
        const transition = stateOf(textAt(item, 'instanceId') || textAt(item, 'natGatewayId'));
        if (transition !== undefined) show(item, transition);
      }
      if (states !== undefined)
        list.children = list.children.filter((item) => states.includes(shownState(item)));
    }
  }
  for (const reservations of elementsNamed(root, 'reservationSet')) {
    reservations.children = reservations.children.filter(
      (item) => child(item, 'instancesSet')?.children.length,
    );
  }
  return withBody(answer, writeXml(root));
}

function show(item: Element, { state, code }: Transition): void {
  const element = child(item, code === undefined ? 'state' : 'instanceState');
  if (element === undefined) return;
  if (code === undefined) element.text = state;
  else element.children = [leaf('code', String(code)), leaf('name', state)];
}

function shownState(item: Element): string {
  return textAt(item, 'instanceState', 'name') || textAt(item, 'state');
}

const STATE_FILTERS = ['instance-state-name', 'state'];

/** The states that a call filters by, and its parameters without that filter. */
function withoutStateFilter(call: Call): {
  readonly states: readonly string[] | undefined;
  readonly parameters: Readonly<Record<string, string>>;
} {
  const filter = Object.entries(call.parameters).find(
    ([name, value]) => /^Filter\.\d+\.Name$/.test(name) && STATE_FILTERS.includes(value),
  );
  if (filter === undefined) {
    const isRunningOnly =
      call.action === 'DescribeInstanceStatus' && call.parameters.IncludeAllInstances !== 'true';
    return { states: isRunningOnly ? ['running'] : undefined, parameters: call.parameters };
  }
  const number = Number(filter[0].split('.')[1]);
  return {
    states: listParameter(call, `Filter\\.${number}\\.Value`),
    parameters: withoutFilter(call.parameters, number),
  };
}

/** The filters behind it move up: moto reads them only up to the first gap. */
function withoutFilter(parameters: Call['parameters'], number: number): Call['parameters'] {
  const kept = Object.entries(parameters).flatMap(([name, value]) => {
    const [first, position, ...rest] = name.split('.');
    if (first !== 'Filter' || Number(position) < number) return [[name, value] as const];
    if (Number(position) === number) return [];
    return [[['Filter', Number(position) - 1, ...rest].join('.'), value] as const];
  });
  return Object.fromEntries(kept);
}
