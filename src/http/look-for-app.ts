import { SlipwayError } from '../base/error.ts';
import type { Log } from '../base/log.ts';
import type { GitHubStanding } from '../github/standing.ts';

/**
 * Asks GitHub for the App before anything is begun: with another one's key nothing would ever work, and without GitHub
 * nothing does for now.
 *
 * @throws SlipwayError `github-app-refused`
 */
export async function lookForApp(github: GitHubStanding, log: Log): Promise<void> {
  try {
    const missing = await github.look();
    if (missing.length === 0) return;
    log.warn(
      { missing },
      'the App lacks what app.yml asks for: add it on its settings page, and accept it where it is installed',
    );
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    log.warn({ err: error }, 'GitHub does not answer: webhooks are stored, and what they ask for waits');
  }
}
