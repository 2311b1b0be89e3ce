import { seededRandom } from '../../fault-proxy/random.ts';

/** What goes wrong with an API request, on demand. */
export type RequestFault =
  | { readonly kind: 'secondary-rate-limit'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'server-error'; readonly status?: 500 | 502 | 503 }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The connection is cut; with `afterHandling`, once the call has had its effect. */
  | { readonly kind: 'cut'; readonly afterHandling?: boolean };

/** What goes wrong with a webhook delivery, on demand. */
export type WebhookFault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The delivery changes places with the one after it. */
  | { readonly kind: 'reorder' };

/** Which requests a fault is for. All that are given must match; `times` is how often, once unless told. */
export interface RequestMatch {
  /** Those of Apps, or those of people. */
  readonly by?: 'app' | 'person';
  /** With which probability each of them, from 0 to 1; drawn from the same numbers every time. */
  readonly chance?: number;
  readonly method?: string;
  /** Against the path after `/api/v3`, or a route's own name, such as `GET /repos/{owner}/{repo}`. */
  readonly path?: RegExp | string;
  readonly times?: number;
}

export interface WebhookMatch {
  /** `pull_request`, or with its action `pull_request.opened`. */
  readonly event?: string;
  /** With which probability each of them, from 0 to 1; drawn from the same numbers every time. */
  readonly chance?: number;
  readonly times?: number;
}

/** The faults that are waiting to happen. */
export interface Faults {
  /** Returns what takes it away again. */
  onRequests(match: RequestMatch, fault: RequestFault): () => void;
  onWebhooks(match: WebhookMatch, fault: WebhookFault): () => void;
  clear(): void;
}

/** The same, for those who make them happen. */
export interface FaultPlan extends Faults {
  takeRequestFault(asked: AskedRequest): RequestFault | null;
  takeWebhookFault(event: string, action: string | null): WebhookFault | null;
}

export interface AskedRequest {
  readonly by: 'app' | 'person';
  readonly method: string;
  readonly path: string;
  readonly route: string | null;
}

/** Makes an empty plan of faults. */
export function faultPlan(): FaultPlan {
  let requests: { match: RequestMatch; fault: RequestFault; left: number }[] = [];
  let webhooks: { match: WebhookMatch; fault: WebhookFault; left: number }[] = [];
  const random = seededRandom(1);
  const isDrawn = ({ chance }: { readonly chance?: number }) => chance === undefined || random() < chance;
  return {
    onRequests(match, fault) {
      const added = { match, fault, left: match.times ?? 1 };
      requests.push(added);
      return () => {
        requests = requests.filter((one) => one !== added);
      };
    },
    onWebhooks(match, fault) {
      const added = { match, fault, left: match.times ?? 1 };
      webhooks.push(added);
      return () => {
        webhooks = webhooks.filter((one) => one !== added);
      };
    },
    clear() {
      requests = [];
      webhooks = [];
    },
    takeRequestFault({ by, method, path, route }) {
      const found = requests.find(({ match, left }) => {
        if (left <= 0 || (match.method !== undefined && match.method !== method)) return false;
        if (match.by !== undefined && match.by !== by) return false;
        const fits =
          match.path === undefined ||
          (typeof match.path === 'string'
            ? match.path === path || match.path === route
            : match.path.test(path));
        return fits && isDrawn(match);
      });
      if (!found) return null;
      found.left--;
      return found.fault;
    },
    takeWebhookFault(event, action) {
      const names = [event, `${event}.${action}`];
      const found = webhooks.find(
        ({ match, left }) =>
          left > 0 && (match.event === undefined || names.includes(match.event)) && isDrawn(match),
      );
      if (!found) return null;
      found.left--;
      return found.fault;
    },
  };
}
