import { isList, isObject, type Value } from '../base/value.ts';
import type { Change } from '../plan/plan.ts';

/**
 * The path in the template that a path into `after` stands for. Providers sort lists whose order means nothing, so
 * element 0 of the plan may be element 2 of the template; a finding on the wrong line is worse than none. The
 * template's own element is the one that shares most values with the planned one; between equals the same place.
 */
export function templatePath(change: Change, path: string): string {
  let planned: Value | undefined = change.after;
  let written: Value | undefined = change.desired;
  let result = '';
  for (const [step, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const here = Number(index);
    if (name !== undefined) {
      planned = isObject(planned) ? planned[name] : undefined;
      written = isObject(written) ? written[name] : undefined;
      result += result === '' ? name : `.${name}`;
    } else if (isList(planned) && isList(written)) {
      const there = mostLike(planned[here], written, here);
      planned = planned[here];
      written = written[there];
      result += `[${there}]`;
    } else {
      planned = undefined;
      written = undefined;
      result += step;
    }
  }
  return result;
}

function mostLike(planned: Value | undefined, written: readonly Value[], here: number): number {
  const wanted = planned === undefined ? [] : leaves(planned, '');
  const scores = written.map((candidate) => {
    const there = new Set(leaves(candidate, ''));
    return wanted.filter((leaf) => there.has(leaf)).length;
  });
  const best = Math.max(0, ...scores);
  return scores[here] === best ? here : scores.indexOf(best);
}

// As texts, because canonical values may be numbers where the template has texts.
function leaves(value: Value, path: string): string[] {
  if (isList(value)) return value.flatMap((item) => leaves(item, `${path}[]`));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}.${key}`));
  return [`${path}=${String(value).toLowerCase()}`];
}
