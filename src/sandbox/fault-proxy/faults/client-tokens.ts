import { createHash } from 'node:crypto';
import { type Answer, errorAnswer, isSuccess } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Fault } from './fault.ts';

/**
 * Honours ClientToken, which moto ignores: the same token with the same parameters gets the first answer
 * again and nothing is done; with other parameters it is refused. A call that failed leaves its token free.
 * Source: 'Ensuring idempotency in Amazon EC2 API requests' in the developer guide.
 */
export const clientTokens: Fault<object> = {
  create: () => {
    const remembered = new Map<string, { readonly print: string; readonly answer: Promise<Answer> }>();
    return {
      matched: async (call, next) => {
        const { ClientToken: token, ...rest } = call.parameters;
        if (call.protocol !== 'ec2' || token === undefined) return next(call);
        const key = [call.accessKeyId, call.region, call.action, token].join(' ');
        const print = fingerprint(rest);
        const earlier = remembered.get(key);
        if (earlier !== undefined) return earlier.print === print ? earlier.answer : mismatch(call);

        // Remembered before it is answered: the client may give up waiting and ask again meanwhile.
        const answer = next(call);
        remembered.set(key, { print, answer });
        const succeeded = await answer.then(isSuccess, () => false);
        if (!succeeded) remembered.delete(key);
        return answer;
      },
    };
  },
};

function mismatch(call: Call): Answer {
  return errorAnswer(call, {
    status: 400,
    code: 'IdempotentParameterMismatch',
    message:
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  });
}

function fingerprint(parameters: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
