/** What ends at some time unless it is renewed: a token, or a lease. */
interface Lifetime {
  /** From now; 0 for what never ends. */
  readonly seconds: number;
  readonly renewable: boolean;
}

interface KeepAlive {
  /** Gives what is left of it once it is renewed. */
  readonly renew: () => Promise<{ readonly seconds: number }>;
  /** Asked before each renewal. False: it is left alone from now on. */
  readonly isWanted: () => boolean;
  /** It ends before long, and cannot be renewed; `error` says why, where renewing was tried. Once. */
  readonly ending: (error: unknown) => void;
}

/** The last part of a life is for what is in hand: nothing is begun in it. */
const reserve = 0.2;
const longestReserveMs = 300_000;

const longestSleepMs = 86_400_000;

/**
 * Renews when half of the life is over, and where that fails again and again, until only the reserve is left. Does not
 * keep the process alive.
 */
export function keepAlive({ seconds, renewable }: Lifetime, { renew, isWanted, ending }: KeepAlive): void {
  if (seconds === 0) return;
  const reserveMs = Math.min(seconds * 1000 * reserve, longestReserveMs);
  const follow = (leftMs: number, mayRenew: boolean) => {
    const lastMoment = Date.now() + leftMs - reserveMs;
    let failure: unknown;
    const sleep = (until: number) => {
      setTimeout(look, Math.min(Math.max(until - Date.now(), 0), longestSleepMs)).unref();
    };
    let next = mayRenew ? Date.now() + leftMs / 2 : lastMoment;
    const look = async () => {
      if (!isWanted()) return;
      if (Date.now() >= lastMoment) return ending(failure);
      if (Date.now() < next) return sleep(next);
      try {
        const renewed = (await renew()).seconds * 1000;
        // The longest that it may live at all is near, where there is hardly more than the reserve.
        return follow(renewed, renewed > 2 * reserveMs);
      } catch (error) {
        failure = error;
        next = Math.min(Date.now() + leftMs / 20, lastMoment);
        sleep(next);
      }
    };
    sleep(next);
  };
  follow(seconds * 1000, renewable);
}
