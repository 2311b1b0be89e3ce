/**
 * GraphQL, executed by the reference implementation over the part of GitHub's schema that an App of ours uses. In: a
 * query with variables. Out: what it selects, or GitHub's kind of errors.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { graphql } from 'graphql';
import { actorOf } from '../http/allow.ts';
import { type Api, answer } from '../http/api.ts';
import { readJson } from '../http/message.ts';
import { refusal } from '../http/refusal.ts';
import { pullRequestMutations } from './pull-request-mutations.ts';
import { type Asker, resolvers } from './resolvers.ts';
import { schema } from './schema.ts';

/** Answers one GraphQL request. */
export function serveGraphql(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = { method: request.method ?? 'POST', path: '/graphql', route: 'POST /graphql' };
  return answer(api, request, response, target, async (caller) => {
    if (!caller.token) throw refusal(401, 'This endpoint requires you to be authenticated.');
    const { query, variables } = await readJson(request);
    const asker: Asker = { world: api.world, actor: actorOf(caller.token), token: caller.token };
    const { data, errors } = await graphql({
      schema,
      source: String(query ?? ''),
      rootValue: { ...resolvers, ...pullRequestMutations },
      contextValue: asker,
      variableValues: (variables ?? {}) as Record<string, unknown>,
    });
    const shown = errors?.map(({ message, path, extensions }) => ({ type: extensions.type, message, path }));
    return { status: 200, headers: {}, body: JSON.stringify({ data, ...(shown ? { errors: shown } : {}) }) };
  });
}
