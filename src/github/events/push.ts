import { ruleFiles } from '../../workflow/read-settings.ts';
import type { EventPayload, WebhookEvent } from './event.ts';

interface PushPayload extends EventPayload {
  readonly ref?: string;
  readonly forced?: boolean;
  readonly repository?: EventPayload['repository'] & { readonly default_branch?: string };
  readonly commits?: readonly PushedCommit[];
}

interface PushedCommit {
  readonly added?: readonly string[];
  readonly modified?: readonly string[];
  readonly removed?: readonly string[];
}

/**
 * Something was pushed: where it is the repository of the organisation's policies, they may be other ones by now, and
 * where it is to the default branch and to the settings, others hold.
 */
export const pushEvent: WebhookEvent<PushPayload> = {
  name: 'push',
  jobs(payload, place) {
    const { ref, repository } = payload;
    const isDefault = ref !== undefined && ref === `refs/heads/${repository?.default_branch}`;
    return [
      { kind: 'policies', payload: place },
      ...(isDefault && mayChangeSettings(payload) ? [{ kind: 'settings', payload: place } as const] : []),
    ];
  },
};

/** Of a push that is forced, the list of commits does not say what went. */
function mayChangeSettings({ forced, commits = [] }: PushPayload): boolean {
  const paths = commits.flatMap(({ added = [], modified = [], removed = [] }) => [
    ...added,
    ...modified,
    ...removed,
  ]);
  return forced === true || paths.some((path) => ruleFiles.includes(path));
}
