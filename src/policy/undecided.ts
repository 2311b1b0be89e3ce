/**
 * What cannot be decided now. CEL's `&&`, `||` and `?:` absorb an error where the other side decides, which is just
 * how an unknown has to behave (`unknown || true` is true), so both kinds travel through an evaluation as errors
 * and are told from other errors by a prefix that no other message can have.
 */
import type { CelError } from '@bufbuild/cel';

const unknownPrefix = '\u0000unknown:';
const secretPrefix = '\u0000secret:';

/** Leaves the evaluation: it hangs on `what`, which is known only after apply. */
export function hangsOnUnknown(what: string): never {
  throw new Error(unknownPrefix + what);
}

/** Leaves the evaluation: it hangs on the text of the secret `what`, which policies never see. */
export function hangsOnSecret(what: string): never {
  throw new Error(secretPrefix + what);
}

export type Trouble =
  | { readonly kind: 'unknown'; readonly what: string }
  | { readonly kind: 'secret'; readonly what: string }
  | { readonly kind: 'error'; readonly reason: string };

/**
 * Why an evaluation gave no value. As in the CEL specification an unknown goes before an error, because a guard
 * that is not known yet may be what would have prevented the error; it is all evaluated again at apply. A secret
 * goes before an error, because it says more.
 */
export function troubleOf(error: CelError | Error): Trouble {
  const messages = [...messagesOf(error)];
  const unknown = messages.find((m) => m.startsWith(unknownPrefix));
  if (unknown !== undefined) return { kind: 'unknown', what: unknown.slice(unknownPrefix.length) };
  const secret = messages.find((m) => m.startsWith(secretPrefix));
  if (secret !== undefined) return { kind: 'secret', what: secret.slice(secretPrefix.length) };
  // Errors of CEL quote the value that they met, however long it is.
  const reason = (messages[0] ?? 'it failed').slice(0, 300);
  return { kind: 'error', reason: reason.includes('null') ? `${reason}; ${absentHint}` : reason };
}

const absentHint = 'what a template leaves out is null, so compare it with null first';

// The errors that `&&` and `||` met are merged: the first one's message, the others as a list in its cause.
function* messagesOf(error: unknown): Iterable<string> {
  if (Array.isArray(error)) for (const each of error) yield* messagesOf(each);
  else if (error instanceof Error) {
    yield error.message;
    if (error.cause !== undefined) yield* messagesOf(error.cause);
  }
}
