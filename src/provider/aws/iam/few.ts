/**
 * Up to this many of a stack's roles or profiles are read one by one. Beyond, the account's whole list is read: its
 * calls do not grow with the stack, but in a large account it is megabytes.
 */
export const few = 5;

/** IAM answers at most 1000 items a page, and may answer fewer. */
export const pageSize = 1000;
