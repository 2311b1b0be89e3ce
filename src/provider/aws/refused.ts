import { SlipwayError } from '../../base/error.ts';

/** For a refusal that is a part of an answer, and not an error of the call. @param what `make flow log Flows` */
export function refused(what: string, why = 'it does not say why'): SlipwayError {
  return new SlipwayError('cloud-refused', { summary: `AWS could not ${what}: ${why}` });
}
