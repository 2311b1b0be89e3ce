import { errorAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Fault } from './fault.ts';

export interface ServerErrorSettings {
  readonly status?: 500 | 503;
  /** `before` (the default): nothing was done. `after`: it was done, and the answer says otherwise. */
  readonly when?: 'before' | 'after';
}

/** Answers 500 or 503 in the service's own words. */
export const serverError: Fault<ServerErrorSettings> = {
  create: ({ status = 500, when = 'before' }) => ({
    matched: async (call, next) => {
      if (when === 'after') await next(call);
      const message = 'An internal error has occurred';
      return errorAnswer(call, { status, code: code(call, status), message });
    },
  }),
};

function code(call: Call, status: 500 | 503): string {
  if (call.protocol === 'ec2') return status === 500 ? 'InternalError' : 'Unavailable';
  if (call.protocol === 'rest') return status === 500 ? 'InternalError' : 'ServiceUnavailable';
  if (call.protocol === 'json') return status === 500 ? 'InternalServerError' : 'ServiceUnavailableException';
  return status === 500 ? 'ServiceFailure' : 'ServiceUnavailable';
}
