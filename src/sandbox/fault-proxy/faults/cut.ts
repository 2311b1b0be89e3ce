import type { Answer } from '../answer.ts';
import type { Fault } from './fault.ts';

export interface CutSettings {
  /**
   * `before`: the call never arrives. `after`: it arrives and is done, and the answer is lost. `during`: the
   * connection breaks in the middle of the answer.
   */
  readonly when: 'before' | 'after' | 'during';
}

/** Cuts the client's connection. */
export const cut: Fault<CutSettings> = {
  create: ({ when }) => ({
    matched: async (call, next) => {
      if (when === 'before') return NO_ANSWER;
      const answer = await next(call);
      return { ...answer, delivery: when === 'after' ? 'nothing' : 'half' };
    },
  }),
};

const NO_ANSWER: Answer = { status: 0, headers: {}, body: Buffer.alloc(0), delivery: 'nothing' };
