const attempts = 3;

/** Octokit's own retry would send a POST again that GitHub may have carried out already. */
export const unrepeated = { request: { retries: 0 } } as const;

/**
 * Creates something whose answer may get lost on the way: before another attempt it is looked for, so that a
 * timeout at GitHub makes no second comment, issue or deployment. `create` has to be `unrepeated`.
 */
export async function createOnce<T>(
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await create();
    } catch (error) {
      if (attempt === attempts || !isOutcomeUnknown(error)) throw error;
      const made = await find();
      if (made !== undefined) return made;
    }
  }
}

/** Octokit gives a broken connection the status 500, too. */
function isOutcomeUnknown(error: unknown): boolean {
  return ((error as { status?: number }).status ?? 0) >= 500;
}
