/**
 * The few GraphQL operations that an App of ours needs. In: a query whose one top-level field is in the table below.
 * Out: that field, whole. Selections are not applied, which a client does not notice; anything else is an error that
 * names what is known.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { actorOf } from '../http/allow.ts';
import { type Api, answer } from '../http/api.ts';
import { readJson } from '../http/message.ts';
import { refusal } from '../http/refusal.ts';
import { type GraphqlError, type Operation, operations } from './operations.ts';
import { rootField } from './root-field.ts';

/** Answers one GraphQL request. */
export function serveGraphql(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = { method: request.method ?? 'POST', path: '/graphql', route: 'POST /graphql' };
  return answer(api, request, response, target, async (caller) => {
    if (!caller.token) throw refusal(401, 'This endpoint requires you to be authenticated.');
    const { query, variables } = await readJson(request);
    const result = await run(api, String(query ?? ''), (variables ?? {}) as Record<string, unknown>, {
      actor: actorOf(caller.token),
      token: caller.token,
    });
    return { status: 200, headers: {}, body: JSON.stringify(result) };
  });
}

async function run(
  api: Api,
  query: string,
  variables: Record<string, unknown>,
  who: Parameters<Operation>[1],
): Promise<{ data?: unknown; errors?: GraphqlError[] }> {
  const root = rootField(query, variables);
  if (!root) return { errors: [{ type: 'PARSE_ERROR', message: 'The query could not be read' }] };
  const operation = operations[`${root.kind} ${root.field}`];
  if (!operation) {
    const known = Object.keys(operations).join(', ');
    const message = `Field '${root.field}' is not one that the sandbox GitHub answers for a ${root.kind}; it knows ${known}`;
    return { errors: [{ type: 'UNDEFINED_FIELD', message }] };
  }
  const outcome = await operation(api.world, who, root);
  if ('error' in outcome)
    return { data: { [root.field]: null }, errors: [{ ...outcome.error, path: [root.field] }] };
  return { data: { [root.alias]: outcome.data } };
}
