import { isList, isObject, type Value } from '../base/value.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * The template with the values that the plan has: parameters, conditions and functions become what they give in this
 * environment, so that a rule judges what will be made and not how it is written. What only the cloud can say, or
 * nobody may see, stays as it is written; so does a resource that the plan does not have. What tells rules to look away
 * is left out.
 *
 * @param json the template, as JSON
 */
export function plannedTemplate(json: Value, plan: Pick<Plan, 'changes'>): Value {
  if (!isObject(json) || !isObject(json.Resources)) return json;
  const planned = new Map(plan.changes.map((change) => [change.logicalId, change.desired]));
  const resources = Object.entries(json.Resources).map(([logicalId, written]) => {
    const desired = planned.get(logicalId);
    const resource = unsuppressed(written);
    if (!desired || !isObject(resource) || resource.Properties === undefined) return [logicalId, resource];
    return [logicalId, { ...resource, Properties: filled(desired, resource.Properties) }];
  });
  return { ...json, Resources: Object.fromEntries(resources) };
}

/** Where AWS's registry of rules looks what to leave out: a pull request does not lift its own findings. */
const suppressions = ['guard', 'cfn_nag'];

function unsuppressed(resource: Value): Value {
  if (!isObject(resource) || !isObject(resource.Metadata)) return resource;
  const kept = Object.entries(resource.Metadata).filter(([key]) => !suppressions.includes(key));
  return { ...resource, Metadata: Object.fromEntries(kept) };
}

/** @param written what the template says at this place, where it says it there */
function filled(value: Value, written: Value | undefined): Value {
  if (isList(value)) {
    const items = isList(written) && written.length === value.length ? written : [];
    return value.map((item, index) => filled(item, items[index]));
  }
  if (!isObject(value)) return value;
  if (value.$slipway !== undefined) return written ?? standIn(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      filled(inner, isObject(written) ? written[key] : undefined),
    ]),
  );
}

/** As a template would write it. */
function standIn(marker: { readonly [key: string]: Value }): Value {
  if (marker.$slipway === 'parameter') return { Ref: marker.name ?? '' };
  if (marker.$slipway === 'resolve') return `{{resolve:${String(marker.reference)}}}`;
  return { Ref: 'Slipway::Unknown' };
}
