import type { Plan } from '../plan/plan.ts';
import type { Enforcement, Finding } from '../policy/finding.ts';
import type { ScanContext } from '../policy/scan.ts';
import { findingsFrom } from './findings.ts';
import { failed, type Scanned, type Scanner } from './scanner.ts';
import type { TemplateText } from './template-text.ts';
import { splitId, type Weights, weightOf } from './weights.ts';

/** A scanner that is ready, and how the operator weighs it. */
export interface OpenScanner {
  readonly weights: Weights;
  readonly scanner: Scanner;
}

/** Every scanner of an installation. */
export interface Scanners {
  /** Begins what needs no plan, while the plan is made. */
  begin(template: TemplateText | undefined): Scanning;
  /**
   * What the finding of this id does; undefined where it is of no scanner that there is. Which rules a tool has only the
   * tool knows.
   */
  enforcementOf(id: string): Enforcement | 'ignore' | undefined;
  /** For 'did you mean'. */
  readonly ids: readonly string[];
}

/** A template that is being looked at. */
export interface Scanning {
  /** What all of them say, when they have said it, in the order of the file. */
  findings(plan: Plan, positions: ScanContext['positions']): Promise<readonly Finding[]>;
}

export function scannersOf(open: readonly OpenScanner[]): Scanners {
  return {
    begin: (template) => begin(open, template),
    ids: open.map(({ weights }) => weights.id),
    enforcementOf(id) {
      const named = splitId(id);
      const found = open.find(({ weights }) => weights.id === named?.scanner);
      return named && found ? weightOf(found.weights, named.rule) : undefined;
    },
  };
}

function begin(open: readonly OpenScanner[], template: TemplateText | undefined): Scanning {
  const begun = new Map<Scanner, Promise<Scanned>>();
  for (const { scanner } of open) {
    if (scanner.reads === 'template') begun.set(scanner, settled(scanner.scan({ template })));
  }
  return {
    async findings(plan, positions) {
      const all = open.map(async ({ weights, scanner }) => {
        const scanned = await (begun.get(scanner) ?? settled(scanner.scan({ template, plan })));
        return findingsFrom(scanned, { weights, plan, template, positions });
      });
      return (await Promise.all(all)).flat();
    },
  };
}

/** Nobody may be waiting for it yet, or ever: the plan may come to nothing. */
function settled(scanning: Promise<Scanned>): Promise<Scanned> {
  return scanning.catch((error: unknown) =>
    failed(
      `What it says could not be read: ${error instanceof Error ? error.message : String(error)}`,
      'Report this as a defect of Slipway.',
    ),
  );
}
