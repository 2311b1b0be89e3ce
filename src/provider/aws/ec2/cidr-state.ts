/** The state of a block's association with a VPC or a subnet. By what it is not: moto wraps the word for a subnet's. */

/** On its way or there. */
export function isThere(state: string | undefined): boolean {
  return state !== undefined && !/^(disassociat|fail)/.test(state);
}

/** There. */
export function isAssociated(state: string | undefined): boolean {
  return isThere(state) && state !== 'associating';
}
