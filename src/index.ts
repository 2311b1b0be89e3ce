/**
 * The library: everything that the edges use, callable by a program. Parse, plan, scan and apply need no GitHub;
 * the use cases around pull requests take a `Repository`, which is GitHub or whatever you make it.
 */
export type { ApplyResult, ProgressEvent } from './apply/apply-plan.ts';
export type { ApprovalRule, Decision, Person, Statement } from './approval/approval.ts';
export { decide } from './approval/decide.ts';
export { type Code, codes } from './base/codes.ts';
export { type Diagnostic, formatDiagnostic, hasErrors } from './base/diagnostic.ts';
export { diagnosticsOf, formatError, SlipwayError } from './base/error.ts';
export { createLog, type Log } from './base/log.ts';
export { formatSource, type SourceRange } from './base/source.ts';
export type { Properties, Secret, Unknown, Value } from './base/value.ts';
export { type Database, openDatabase } from './db/database.ts';
export { openRepository } from './github/open-repository.ts';
export { readConfig, type ServerConfig } from './http/config.ts';
export { type RunningServer, serve } from './http/serve.ts';
export { type Action, type Change, countActions, hasChanges, type Plan } from './plan/plan.ts';
export { blocks, type Finding } from './policy/finding.ts';
export { loadPack, parsePolicy } from './policy/parse-policy.ts';
export type { Policy } from './policy/policy.ts';
export { testPolicy } from './policy/test-policy.ts';
export {
  type CreateRequest,
  type DeleteRequest,
  defineResourceType,
  type Live,
  type ProviderContext,
  type ReadContext,
  type ResourceType,
  type SnapshotRequest,
  type UpdateRequest,
} from './provider/provider.ts';
export { registry, resourceType } from './provider/registry.ts';
export { typeSchemas } from './provider/schemas.ts';
export { renderComment } from './review/comment.ts';
export type { RunningFinding, StackCompliance } from './review/compliance.ts';
export { renderDriftText } from './review/drift-text.ts';
export { renderDot } from './review/graph-dot.ts';
export { renderMermaid } from './review/graph-mermaid.ts';
export { type Graph, graphOf } from './review/graph-model.ts';
export { renderSvg } from './review/graph-svg.ts';
export { renderPlanText } from './review/plan-text.ts';
export type { Review, StackReview } from './review/review.ts';
export { readScanners } from './scanner/read-scanners.ts';
export type { Scanners } from './scanner/scanners.ts';
export { createMasker, type Masker } from './secret/masker.ts';
export { type OperatorKeys, operatorKeys } from './secret/operator-keys.ts';
export { parseSettings } from './settings/parse.ts';
export { defaultSettings, type Environment, type Settings } from './settings/settings.ts';
export { parseParameters } from './stack/parameters.ts';
export type { DesiredStack, StackId } from './stack/stack.ts';
export type { ResourceRecord, RunRecord, StackRecord, State } from './state/state.ts';
export { dependenciesOf } from './template/dependencies.ts';
export { parseTemplate } from './template/parse.ts';
export type { Template } from './template/template.ts';
export type { TypeSchema } from './template/type-schema.ts';
export { validateTemplate } from './template/validate.ts';
export { applyMerge } from './workflow/apply-merge.ts';
export { type ApplyOutcome, applyStack } from './workflow/apply-stack.ts';
export { complianceOf } from './workflow/compliance.ts';
export { impactOnLive, impactOnRuns } from './workflow/compliance-impact.ts';
export { driftStack, type ResourceDrift, type StackDrift } from './workflow/drift-stack.ts';
export { type OwnType, openWorkflow } from './workflow/open-workflow.ts';
export { planStack, type StackPlan, type StackSource } from './workflow/plan-stack.ts';
export { readPolicies } from './workflow/read-policies.ts';
export type { Repository } from './workflow/repository.ts';
export { reviewPullRequest } from './workflow/review-pull-request.ts';
export { type Rollback, type RollbackRequest, rollbackSource } from './workflow/rollback-stack.ts';
export type { PullRequestWorkflow, Workflow } from './workflow/workflow.ts';
