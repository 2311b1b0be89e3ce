import type { OutgoingHttpHeaders } from 'node:http';

/** One entry of a 422 answer's `errors`. */
export interface FieldError {
  readonly resource: string;
  readonly field: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  readonly message?: string;
}

/**
 * A 'no' in GitHub's words and with GitHub's status. Thrown by actions and handlers alike, so that the API and the
 * pages for people refuse for the same reasons.
 */
export interface Refusal extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[] | null;
  readonly headers: OutgoingHttpHeaders;
}

const documentation = 'https://docs.github.com/rest';

/** Makes a refusal to throw. */
export function refusal(
  status: number,
  message: string,
  more: { readonly errors?: readonly FieldError[]; readonly headers?: OutgoingHttpHeaders } = {},
): Refusal {
  return Object.assign(new Error(message), {
    name: 'Refusal',
    status,
    errors: more.errors ?? null,
    headers: more.headers ?? {},
  });
}

/** 404, as GitHub answers for what is not there and for what the asker may not see. */
export function notFound(): Refusal {
  return refusal(404, 'Not Found');
}

/** 422 with the field that was wrong. */
export function invalid(...errors: FieldError[]): Refusal {
  return refusal(422, 'Validation Failed', { errors });
}

/** Whether something caught is a refusal. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'Refusal' && 'status' in error;
}

/** The body of the answer. */
export function refusalBody({ status, message, errors }: Refusal): Record<string, unknown> {
  return {
    message,
    ...(errors ? { errors } : {}),
    documentation_url: documentation,
    status: String(status),
  };
}
