/**
 * What a listener or a rule does with a request. The API answers more than it was told: a forward to one group comes
 * back in both of its forms, a redirect with the placeholders of all that it keeps.
 */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../../../base/value.ts';
import { integer, objects, sortedSet } from '../../plain-value.ts';

/** One form for what means the same. A single action needs no place in an order. */
export function canonicalActions(actions: Value | undefined): Value | undefined {
  if (!isList(actions)) return actions;
  const canonical = actions.map((one) => (isPlain(one) ? canonicalAction(one) : one));
  if (canonical.length === 1) return canonical.map((one) => (isPlain(one) ? without(one, 'Order') : one));
  const order = (one: Value) => (isPlain(one) && typeof one.Order === 'number' ? one.Order : 0);
  return canonical.sort((a, b) => order(a) - order(b));
}

/** As the API takes them: it counts a session's seconds in a number where listeners of templates have a text. */
export function actionsToSend(actions: Value | undefined): Action[] {
  return objects(actions).map((one) => {
    const cognito = one.AuthenticateCognitoConfig;
    const seconds = isPlain(cognito) ? cognito.SessionTimeout : undefined;
    const sent =
      seconds === undefined
        ? one
        : {
            ...one,
            AuthenticateCognitoConfig: { ...(cognito as Properties), SessionTimeout: Number(seconds) },
          };
    return sent as unknown as Action;
  });
}

function canonicalAction(action: Properties): Properties {
  if (action.Type === 'forward') return canonicalForward(action);
  if (action.Type === 'redirect' && isPlain(action.RedirectConfig)) {
    const config = action.RedirectConfig;
    return {
      ...action,
      RedirectConfig: {
        ...config,
        Host: config.Host ?? '#{host}',
        Path: config.Path ?? '/#{path}',
        Port: config.Port ?? '#{port}',
        Protocol: config.Protocol ?? '#{protocol}',
        Query: config.Query ?? '#{query}',
      },
    };
  }
  return action;
}

function canonicalForward(action: Properties): Properties {
  const { TargetGroupArn, ForwardConfig, ...rest } = action;
  if (ForwardConfig !== undefined && !isPlain(ForwardConfig)) return action;
  const config = ForwardConfig ?? {};
  const groups = config.TargetGroups ?? (TargetGroupArn === undefined ? [] : [{ TargetGroupArn }]);
  const stickiness = config.TargetGroupStickinessConfig;
  const isSticky = isPlain(stickiness) && stickiness.Enabled === true;
  return {
    ...rest,
    ForwardConfig: {
      TargetGroups: canonicalGroups(groups),
      ...(isSticky || (stickiness !== undefined && !isPlain(stickiness))
        ? { TargetGroupStickinessConfig: stickiness }
        : {}),
    },
  };
}

/** A set; the weight of a group that is alone means nothing. */
function canonicalGroups(groups: Value): Value {
  if (!isList(groups)) return groups;
  if (groups.length === 1) return groups.map((one) => (isPlain(one) ? without(one, 'Weight') : one));
  return sortedSet(
    groups.map((one) => (isPlain(one) ? { ...one, Weight: integer(one.Weight) ?? one.Weight ?? 1 } : one)),
  )!;
}

function without(value: Properties, key: string): Properties {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function isPlain(value: Value | undefined): value is Properties {
  return isObject(value) && !isUnknown(value) && !isSecret(value);
}
