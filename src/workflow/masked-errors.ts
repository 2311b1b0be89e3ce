/** The cloud quotes what it was sent in its errors: what is kept or told of one goes through the masker first. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { State } from '../state/state.ts';

type Mask = (text: string) => string;

export function maskDiagnostics(diagnostics: readonly Diagnostic[], mask: Mask): readonly Diagnostic[] {
  return diagnostics.map(({ summary, detail, remedy, ...rest }) => ({
    ...rest,
    summary: mask(summary),
    ...(detail === undefined ? {} : { detail: mask(detail) }),
    ...(remedy === undefined ? {} : { remedy: mask(remedy) }),
  }));
}

/** The same state, into which no error goes as it came. */
export function maskingErrors(state: State, mask: Mask): State {
  return {
    ...state,
    end: ({ error, ...outcome }, lock) =>
      state.end({ ...outcome, ...(error === undefined ? {} : { error: mask(error) }) }, lock),
    endRun: (id, status, error, ...rest) =>
      state.endRun(id, status, error === undefined ? undefined : mask(error), ...rest),
  };
}
