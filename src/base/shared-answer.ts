/**
 * Asks once for all who want to know at the same time: what anybody may ask, as often as they like, must not take every
 * connection to the database.
 */
export function sharedAnswer<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  };
}
