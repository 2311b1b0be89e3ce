/** One request to the API that was answered. */
export interface LoggedRequest {
  readonly at: Date;
  readonly method: string;
  /** After `/api/v3`, without the query; `/graphql` for GraphQL. */
  readonly path: string;
  /** GitHub's name for the route, or null where there is none. */
  readonly route: string | null;
  readonly status: number;
  /** Whether it carried `If-None-Match`. */
  readonly conditional: boolean;
  /** Who called: a login, `app` for an App as itself, or null. */
  readonly caller: string | null;
  readonly milliseconds: number;
}

/** All requests so far, so that tests can count them. */
export interface RequestLog {
  readonly entries: readonly LoggedRequest[];
  /** How many match; by caller, such as `slipway[bot]`, and by route name. */
  count(match?: { readonly caller?: string; readonly route?: string; readonly status?: number }): number;
  clear(): void;
}

/** The same, for those who write it. */
export interface WritableRequestLog extends RequestLog {
  add(entry: LoggedRequest): void;
}

const most = 50_000;

/** Makes an empty log. */
export function requestLog(): WritableRequestLog {
  let entries: LoggedRequest[] = [];
  return {
    get entries() {
      return entries;
    },
    count: (match = {}) =>
      entries.filter(
        (entry) =>
          (match.caller === undefined || match.caller === entry.caller) &&
          (match.route === undefined || match.route === entry.route) &&
          (match.status === undefined || match.status === entry.status),
      ).length,
    clear() {
      entries = [];
    },
    add(entry) {
      entries.push(entry);
      if (entries.length > most) entries = entries.slice(-most / 2);
    },
  };
}
