import { isRefusal, type Refusal } from '../http/refusal.ts';
import type { PageContext } from './site.ts';

/** The fields of a posted form, each once, as text. */
export type Form = Readonly<Record<string, string | undefined>>;

/** Reads the form of a request. Line ends are those of the API, not those of browsers. */
export async function readForm(c: PageContext): Promise<Form> {
  const fields = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value.replaceAll('\r\n', '\n')]] : [],
    ),
  );
}

/** What a page is told about the form that was refused: why, and what was in it, so that nothing typed is lost. */
export interface Refused {
  readonly message: string;
  readonly form: Form;
}

/**
 * Does what a form asks for and goes on to `next`; or, when it is refused, answers with the page again, which says
 * why in the words that the API would have used, and with the API's status.
 */
export async function act(
  c: PageContext,
  does: (form: Form) => Promise<string>,
  page: (refused: Refused) => Promise<Response> | Response,
): Promise<Response> {
  const form = await readForm(c);
  try {
    // 303, because 302 after a form leaves to the browser whether the form is posted again.
    return c.redirect(await does(form), 303);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const response = await page({ message: wordsOf(error), form });
    return new Response(response.body, { status: error.status, headers: response.headers });
  }
}

/** A refusal as one sentence or two. 'Validation Failed' alone says nothing; the field's own message does. */
export function wordsOf({ message, errors }: Refusal): string {
  if (!errors || errors.length === 0) return message;
  const details = errors.map(
    (error) => error.message ?? `${error.field} is ${error.code.replace('_field', '').replaceAll('_', ' ')}`,
  );
  return `${message}: ${details.join('; ')}`;
}
