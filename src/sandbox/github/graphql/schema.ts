import { buildSchema, type GraphQLSchema } from 'graphql';

/**
 * The part of GitHub's GraphQL schema that an App of ours uses, in GitHub's names and types
 * (https://docs.github.com/en/graphql/reference). The reference implementation executes it, so a field that is not
 * here is refused as GitHub refuses one that does not exist.
 */
export const schema: GraphQLSchema = buildSchema(`
  scalar GitObjectID
  scalar URI

  type Query {
    viewer: User!
    repository(owner: String!, name: String!): Repository
    organization(login: String!): Organization
  }

  type Mutation {
    minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
    unminimizeComment(input: UnminimizeCommentInput!): UnminimizeCommentPayload
    enqueuePullRequest(input: EnqueuePullRequestInput!): EnqueuePullRequestPayload
    markPullRequestReadyForReview(
      input: MarkPullRequestReadyForReviewInput!
    ): MarkPullRequestReadyForReviewPayload
    revertPullRequest(input: RevertPullRequestInput!): RevertPullRequestPayload
  }

  type User { id: ID!, login: String! }
  type Actor { login: String! }
  type GitActor { name: String, user: User }

  type Organization { login: String!, team(slug: String!): Team }
  enum TeamMembershipType { ALL CHILD_TEAM IMMEDIATE }
  type Team { slug: String!, members(first: Int, membership: TeamMembershipType = ALL): TeamMemberConnection! }
  type TeamMemberConnection { totalCount: Int!, nodes: [User] }
  type Ref { name: String!, target: GitObject }

  type Repository {
    id: ID!
    name: String!
    nameWithOwner: String!
    isPrivate: Boolean!
    rebaseMergeAllowed: Boolean!
    defaultBranchRef: Ref
    object(expression: String): GitObject
    ref(qualifiedName: String!): Ref
    pullRequest(number: Int!): PullRequest
    mergeQueue(branch: String): MergeQueue
  }

  type MergeQueue {
    entries(first: Int, after: String): MergeQueueEntryConnection
  }
  type MergeQueueEntryConnection { totalCount: Int!, nodes: [MergeQueueEntry], pageInfo: PageInfo! }
  type MergeQueueEntry {
    position: Int!
    baseCommit: Commit
    headCommit: Commit
    pullRequest: PullRequest
  }
  type PageInfo { hasNextPage: Boolean!, endCursor: String }

  interface GitObject { oid: GitObjectID! }
  type Blob implements GitObject {
    oid: GitObjectID!
    byteSize: Int!
    isBinary: Boolean
    isTruncated: Boolean!
    text: String
  }
  type Tree implements GitObject { oid: GitObjectID!, entries: [TreeEntry!] }
  type TreeEntry { name: String!, path: String, type: String!, oid: GitObjectID!, object: GitObject }
  type Tag implements GitObject { oid: GitObjectID!, name: String!, target: GitObject! }
  type Commit implements GitObject {
    oid: GitObjectID!
    parents(first: Int): CommitConnection!
    author: GitActor
    committer: GitActor
    file(path: String!): TreeEntry
  }
  type CommitConnection { totalCount: Int!, nodes: [Commit] }

  enum PullRequestState { OPEN CLOSED MERGED }
  enum MergeableState { MERGEABLE CONFLICTING UNKNOWN }

  type PullRequest {
    id: ID!
    number: Int!
    title: String!
    body: String!
    url: URI!
    state: PullRequestState!
    isDraft: Boolean!
    merged: Boolean!
    mergeable: MergeableState!
    potentialMergeCommit: Commit
    author: Actor
    headRefName: String!
    headRefOid: GitObjectID!
    baseRefName: String!
    baseRefOid: GitObjectID!
    comments(first: Int): IssueCommentConnection!
    commits(first: Int, last: Int, after: String): PullRequestCommitConnection!
  }
  type PullRequestCommitConnection { totalCount: Int!, nodes: [PullRequestCommit], pageInfo: PageInfo! }
  type PullRequestCommit { commit: Commit! }

  type IssueCommentConnection { totalCount: Int!, nodes: [IssueComment] }
  type IssueComment implements Minimizable {
    id: ID!
    databaseId: Int
    body: String!
    author: Actor
    isMinimized: Boolean!
    minimizedReason: String
  }
  interface Minimizable { isMinimized: Boolean!, minimizedReason: String }

  enum ReportedContentClassifiers { ABUSE DUPLICATE OFF_TOPIC OUTDATED RESOLVED SPAM }
  input MinimizeCommentInput { classifier: ReportedContentClassifiers!, subjectId: ID!, clientMutationId: String }
  input UnminimizeCommentInput { subjectId: ID!, clientMutationId: String }
  type MinimizeCommentPayload { clientMutationId: String, minimizedComment: Minimizable }
  type UnminimizeCommentPayload { clientMutationId: String, unminimizedComment: Minimizable }

  input EnqueuePullRequestInput { pullRequestId: ID!, clientMutationId: String }
  type EnqueuePullRequestPayload { clientMutationId: String, mergeQueueEntry: MergeQueueEntry }
  input MarkPullRequestReadyForReviewInput { pullRequestId: ID!, clientMutationId: String }
  type MarkPullRequestReadyForReviewPayload { clientMutationId: String, pullRequest: PullRequest }
  input RevertPullRequestInput {
    pullRequestId: ID!, title: String, body: String, draft: Boolean = false, clientMutationId: String
  }
  type RevertPullRequestPayload {
    clientMutationId: String, pullRequest: PullRequest, revertPullRequest: PullRequest
  }
`);
