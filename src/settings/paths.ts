import picomatch from 'picomatch';
import { type Settings, settingsFile } from './settings.ts';

const parameterFilePattern = /^(.+)\.([A-Za-z0-9][A-Za-z0-9_-]*)\.params\.(?:yaml|yml|json)$/;
const templateEnding = /\.(?:yaml|yml|json)$/;

/**
 * Whether the settings call this path of the repository a template. Files of parameter values never are, even
 * where a glob covers them, nor are the settings: no pull request could change them any more, being one of templates as
 * well. Whether it holds `Resources` is for who reads it to see.
 */
export function isTemplatePath(settings: Pick<Settings, 'templates'>, path: string): boolean {
  if (path === settingsFile || parameterFilePattern.test(path)) return false;
  return picomatch(matcherGlobs(settings.templates), { dot: true, windows: false, nonegate: true })(path);
}

/** Where the values of a template's parameters may stand for one environment; the first that exists is read. */
export function parameterFiles(template: string, environment: string): readonly string[] {
  const stem = template.replace(templateEnding, '');
  return ['yaml', 'yml', 'json'].map((ending) => `${stem}.${environment}.params.${ending}`);
}

/** The templates that a file of parameter values may belong to; none when the path is not such a file. */
export function templatesOf(parameterFile: string): readonly string[] {
  const stem = parameterFilePattern.exec(parameterFile)?.[1];
  return stem === undefined ? [] : ['yaml', 'yml', 'json'].map((ending) => `${stem}.${ending}`);
}

// A leading `./` or `/` is how people write 'from the root'; paths that GitHub gives have neither.
function matcherGlobs(globs: readonly string[]): string[] {
  return globs.map((glob) => glob.replace(/^\.?\//, ''));
}
