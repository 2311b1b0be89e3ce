import { errorAnswer, type ServiceError } from '../answer.ts';
import type { Fault } from './fault.ts';

/** Refuses the call with an error of AWS's own, such as `InsufficientInstanceCapacity`. The target never sees it. */
export const refuse: Fault<ServiceError> = {
  create: ({ status, code, message }) => ({
    matched: async (call) => errorAnswer(call, { status, code, message }),
  }),
};
