import { digestOf } from '../base/canonical-json.ts';
import type { Scanned, Scanner, Subject } from './scanner.ts';

/** How many texts it keeps what was found in, and how many hits in all: a hit is about a kilobyte. */
const most = { texts: 200, hits: 20_000 };

interface Known {
  readonly scanned: Promise<Scanned>;
  hits: number;
}

/**
 * A scanner that looks at the same text once: a plan that is made again, at a merge or for another environment, does
 * not pay for it again. What failed is asked again. What tools and rules are is taken to be what it was at the start.
 *
 * @param given all of a subject that the scanner looks at
 */
export function remembered(scanner: Scanner, given: (subject: Subject) => unknown): Scanner {
  // The latest used stands last.
  const known = new Map<string, Known>();
  const shorten = () => {
    let hits = [...known.values()].reduce((sum, one) => sum + one.hits, 0);
    for (const [key, one] of known) {
      if (known.size <= most.texts && hits <= most.hits) return;
      known.delete(key);
      hits -= one.hits;
    }
  };
  const begin = (key: string, scanned: Promise<Scanned>): Known => {
    const begun = { scanned, hits: 0 };
    const forget = () => known.get(key) === begun && known.delete(key);
    scanned.then((said) => {
      if (said.kind === 'failed') forget();
      else begun.hits = said.hits.length;
      shorten();
    }, forget);
    return begun;
  };
  return {
    reads: scanner.reads,
    scan(subject) {
      const key = digestOf(given(subject) ?? null);
      const one = known.get(key) ?? begin(key, scanner.scan(subject));
      known.delete(key);
      known.set(key, one);
      shorten();
      return one.scanned;
    },
  };
}
