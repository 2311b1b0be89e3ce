/** What a tool has told of one commit. */
export interface Analysis {
  /** Of the upload; text, as GitHub has it. */
  readonly id: string;
  /** Full: `refs/heads/main`, `refs/pull/1/merge`. */
  readonly ref: string;
  readonly sha: string;
  readonly tool: string;
  readonly results: readonly AnalysisResult[];
}

export interface AnalysisResult {
  readonly rule: string;
  readonly message: string;
  readonly path: string;
  readonly line: number;
}
