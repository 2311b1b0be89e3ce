import { type Answer, errorAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Fault } from './fault.ts';

/** Refuses the call as a service does that is called too often. The target never sees it. */
export const throttle: Fault<object> = {
  create: () => ({ matched: async (call) => throttled(call) }),
};

/**
 * S3: the user guide's 'Best practices design patterns' (503 Slow Down; the status alone, to a HEAD). EC2: the developer guide's 'Request throttling' (RequestLimitExceeded, 503). The query services: 'Common
 * Errors' of the IAM API reference (Throttling, 400). JSON services name the same error as an exception.
 */
export function throttled(call: Call): Answer {
  if (call.protocol === 'ec2') {
    const message = 'Request limit exceeded.';
    return errorAnswer(call, { status: 503, code: 'RequestLimitExceeded', message });
  }
  if (call.protocol === 'rest') {
    return errorAnswer(call, { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' });
  }
  const code = call.protocol === 'json' ? 'ThrottlingException' : 'Throttling';
  return errorAnswer(call, { status: 400, code, message: 'Rate exceeded' });
}
