import { type AWhile, begin } from '../a-while.ts';
import { type Answer, errorAnswer, isSuccess, withBody } from '../answer.ts';
import type { Call } from '../call.ts';
import { created, type Kind } from '../kinds.ts';
import { type Element, elementsNamed, parseXml, textAt, writeXml } from '../xml.ts';
import type { Fault } from './fault.ts';

export interface HideSettings {
  readonly for: AWhile;
  /**
   * `reads` (the default): only Describe, Get and List do not know the resource yet. `every-call`: nor does
   * any other call that names it, as when the next call goes to another of the cloud's replicas.
   */
  readonly from?: 'reads' | 'every-call';
}

interface Hidden {
  readonly kind: Kind;
  readonly id: string;
  /** Counts a read. */
  lasts(): boolean;
}

/**
 * Hides what the matched call creates for a while (eventual consistency). A read of it by id answers
 * NotFound, lists lack it, and an instance cannot be run with an instance profile that is hidden.
 */
export const hide: Fault<HideSettings> = {
  create: (settings, { clock }) => {
    const hidden = new Map<string, Hidden>();
    // A create that is answered again from its client token must not hide the resource again.
    const known = new Set<string>();
    const stillHidden = (one: Hidden): boolean => {
      if (one.lasts()) return true;
      hidden.delete(one.id);
      return false;
    };
    return {
      matched: async (call, next) => {
        const answer = await next(call);
        const fresh = created(call, answer);
        for (const id of fresh?.ids ?? []) {
          if (fresh === undefined || known.has(id)) continue;
          known.add(id);
          hidden.set(id, { kind: fresh.kind, id, lasts: begin(settings.for, clock) });
        }
        return answer;
      },
      always: async (call, next) => {
        const candidates = [...hidden.values()];
        const named = candidates.find(
          (one) => isNamed(one, call, settings.from ?? 'reads') && stillHidden(one),
        );
        if (named !== undefined) return refusal(call, named);
        const answer = await next(call);
        const listed = candidates.filter(({ kind }) => isRead(call, kind));
        return listed.length === 0 || !isSuccess(answer) ? answer : without(answer, listed, stillHidden);
      },
    };
  },
};

function isRead(call: Call, kind: Kind): boolean {
  return call.service === kind.service && kind.reads.includes(call.action);
}

function isNamed({ kind, id }: Hidden, call: Call, from: 'reads' | 'every-call'): boolean {
  if (usesProfile(call) && kind.create === 'CreateInstanceProfile') return profileNamed(call) === id;
  // What created it may be asked again with the same name, and then says that it exists.
  if (call.service !== kind.service || call.action === kind.create) return false;
  if (from === 'reads' && !isRead(call, kind)) return false;
  return Object.entries(call.parameters).some(([name, value]) => value === id && !name.startsWith('Filter.'));
}

function refusal(call: Call, { kind, id }: Hidden): Answer {
  if (!usesProfile(call) || kind.service !== 'iam') return errorAnswer(call, kind.notFound(id));
  const message = `Value (${id}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`;
  return errorAnswer(call, { status: 400, code: 'InvalidParameterValue', message });
}

function usesProfile(call: Call): boolean {
  return call.action === 'RunInstances' || call.action === 'AssociateIamInstanceProfile';
}

function profileNamed({ parameters }: Call): string | undefined {
  return parameters['IamInstanceProfile.Name'] ?? parameters['IamInstanceProfile.Arn']?.split('/').at(-1);
}

/** The answer without the items of what is still hidden; each that would have been shown counts a read. */
function without(
  answer: Answer,
  candidates: readonly Hidden[],
  stillHidden: (one: Hidden) => boolean,
): Answer {
  const root = parseXml(answer.body.toString('utf8'));
  let changed = false;
  for (const one of candidates) {
    const shows = (item: Element) => textAt(item, one.kind.id) === one.id;
    for (const list of [...lists(root, one.kind)]) {
      if (!list.children.some(shows) || !stillHidden(one)) continue;
      list.children = list.children.filter((item) => !shows(item));
      changed = true;
    }
  }
  if (!changed) return answer;
  // A reservation whose only instance is hidden is not there either.
  for (const reservations of elementsNamed(root, 'reservationSet')) {
    reservations.children = reservations.children.filter((item) =>
      item.children.some(({ name, children }) => name === 'instancesSet' && children.length > 0),
    );
  }
  return withBody(answer, writeXml(root));
}

function* lists(root: Element, kind: Kind): Generator<Element> {
  yield* elementsNamed(root, kind.list);
  if (kind.create === 'RunInstances') yield* elementsNamed(root, 'instanceStatusSet');
}
