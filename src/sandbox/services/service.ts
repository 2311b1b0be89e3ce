/** Where a server's program was found, and how to run it. */
export interface Found {
  readonly kind: 'found';
  readonly version: string;
  /** `path`: it was on this machine already; `cache`: we installed it below the cache folder. */
  readonly origin: 'path' | 'cache';
  readonly program: string;
  /** Arguments that come before our own, such as `-m moto.server`. */
  readonly arguments: readonly string[];
  /** What the program needs in its environment to run at all, such as `PYTHONPATH`. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A server that cannot be had on this machine. The reason is one sentence for a person. */
export interface Missing {
  readonly kind: 'missing';
  readonly reason: string;
}

/** Called with one line each time that something slow begins. */
export type OnProgress = (line: string) => void;

export interface StartOptions {
  readonly onProgress?: OnProgress;
  /**
   * Refuse what the real service refuses, where the emulator can (default `true`). Off, moto runs
   * instances from images and of types that do not exist. Servers that are not emulators ignore it.
   */
  readonly strict?: boolean;
  /** A database that waits for the disk at each commit, as a server does that people trust. Slower. */
  readonly durable?: boolean;
}

/** A server that answers, on a loopback port of its own. */
export interface RunningService {
  readonly name: string;
  readonly url: string;
  /** What a client's environment must hold to reach it: addresses and throw-away credentials. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  /** Ends the server and removes its data. Calling it again is harmless. */
  stop(): Promise<void>;
  /** Of a server that keeps data: breaks it off as a crash does, and starts it again with what was committed. */
  crash?(): Promise<void>;
}

/** One real server that the tests and the demo run against. */
export interface Service {
  readonly name: string;
  /** What people know it by, for messages. */
  readonly title: string;
  /** How a person gets it where we cannot. */
  readonly remedy: string;
  /** Finds the program on this machine or in the cache, or else installs it. Starts nothing. */
  find(onProgress?: OnProgress): Promise<Found | Missing>;
  /** Starts a found program and resolves when it answers. */
  start(found: Found, options: StartOptions): Promise<RunningService>;
}

/** The `Missing` that a sentence makes. */
export function missing(reason: string): Missing {
  return { kind: 'missing', reason };
}
