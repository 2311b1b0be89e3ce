import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { parameterFiles } from '../settings/paths.ts';
import { parseParameters } from '../stack/parameters.ts';
import { checkParameters } from '../stack/resolve-parameters.ts';
import type { ParameterValues } from '../stack/stack.ts';
import { readTemplate } from '../template/parse.ts';
import type { Template } from '../template/template.ts';
import { validateTemplate } from '../template/validate.ts';
import type { StackSource } from './plan-stack.ts';
import type { Workflow } from './workflow.ts';

/** What can be said of the text alone, without state or cloud. */
export interface CheckedSource {
  readonly template?: Template;
  readonly parameters: ParameterValues;
  /** Where each value stands in the parameter file. */
  readonly positions: ReadonlyMap<string, SourceRange>;
  readonly diagnostics: readonly Diagnostic[];
}

type TextSource = Pick<StackSource, 'file' | 'text' | 'parameters'>;

/**
 * Parses and validates the template and its parameter file, and the one against the other: every problem in one
 * pass. Without an environment no file is missed where there is none.
 */
export function checkSource(
  workflow: Pick<Workflow, 'schemas'>,
  source: TextSource & Partial<Pick<StackSource, 'environment'>>,
): CheckedSource {
  const read = readSource(workflow, source);
  const { environment } = source;
  const file = environment ? parametersFile({ ...source, environment }) : source.parameters?.file;
  if (!read.readable || !read.values || file === undefined) return read;
  const { readable, values, positions } = read;
  const wrong = checkParameters(readable, { values, file, positions });
  return { ...read, diagnostics: sortDiagnostics([...read.diagnostics, ...wrong]) };
}

interface ReadSource extends CheckedSource {
  /** As much of the template as could be read, whatever is wrong with it. */
  readonly readable?: Template;
  /** Undefined where the parameter file is not in order. */
  readonly values?: ParameterValues;
}

/** Template and parameter file, each for itself: what has to be in order for the target to be opened. */
export function readSource(
  { schemas }: Pick<Workflow, 'schemas'>,
  { file, text, parameters }: TextSource,
): ReadSource {
  if (text === undefined) return { parameters: {}, positions: new Map(), diagnostics: [] };
  const { values, positions, ...given } = parameters
    ? parseParameters(parameters.text, parameters.file)
    : { values: {}, positions: new Map<string, SourceRange>(), diagnostics: [] };
  const { template: readable, diagnostics: faults } = readTemplate(text, file, values);
  const diagnostics = [...faults, ...(readable ? validateTemplate(readable, schemas) : [])];
  return {
    ...(readable ? { readable } : {}),
    ...(readable && !hasErrors(diagnostics) ? { template: readable } : {}),
    ...(values ? { values } : {}),
    parameters: values ?? {},
    positions,
    diagnostics: sortDiagnostics([...diagnostics, ...given.diagnostics]),
  };
}

/** The parameter file that was read, or the name under which one would be. */
export function parametersFile({
  file,
  parameters,
  environment,
}: Pick<StackSource, 'file' | 'parameters' | 'environment'>): string {
  return parameters?.file ?? parameterFiles(file, environment.name)[0]!;
}
