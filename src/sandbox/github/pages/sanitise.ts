import sanitizeHtml from 'sanitize-html';

/** What the sanitiser is told beside the HTML. */
export interface SanitiseOptions {
  /** Class names that begin with this are our own, and are kept without it. All others go. */
  readonly seal: string;
  /** Makes links in a piece of escaped text that is neither code nor in a link. */
  readonly references?: (text: string) => string;
  readonly base?: { readonly links: string; readonly pictures: string };
}

/** GitHub's allow-list of elements, as its open-source html-pipeline publishes it. */
const tags = (
  'h1 h2 h3 h4 h5 h6 br b i strong em a pre code img tt div ins del sup sub p picture ol ul table thead tbody tfoot ' +
  'blockquote dl dt dd kbd q samp var hr ruby rt rp li tr td th s strike summary details caption figure figcaption ' +
  'abbr bdo cite dfn mark small source span time wbr'
).split(' ');

/** The attributes that any of them may have. `class` is there for ours alone, see {@link keepOwn}. */
const attributes = (
  'abbr accept align alt axis border char charoff checked clear cols colspan color compact coords datetime dir ' +
  'disabled frame headers height hreflang hspace id ismap label lang media name noshade nowrap open readonly rel rev ' +
  'role rows rowspan rules scope shape size span start summary tabindex title type valign value width itemprop class'
).split(' ');

/** HTML with only what GitHub lets through, every open element closed, and nothing that can run. */
export function sanitise(dirty: string, options: SanitiseOptions): string {
  // Code and links are left as they are: no mention in a code span, no link in a link.
  let quiet = 0;
  const isQuiet = (tag: string) => ['a', 'code', 'pre', 'tt', 'script', 'style'].includes(tag);
  return sanitizeHtml(dirty, {
    allowedTags: [...tags, 'input'],
    allowedAttributes: {
      '*': attributes,
      a: ['href'],
      img: ['src', 'loading', 'longdesc'],
      source: ['srcset'],
      blockquote: ['cite'],
      del: ['cite'],
      ins: ['cite'],
      q: ['cite'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'ftp', 'irc', 'ircs', 'xmpp'],
    allowedSchemesByTag: { img: ['http', 'https', 'data'] },
    nestingLimit: 100,
    transformTags: { '*': (tagName, attribs) => keepOwn(tagName, attribs, options) },
    textFilter: (text) => (quiet > 0 || !options.references ? text : options.references(text)),
    onOpenTag: (name: string) => {
      if (isQuiet(name)) quiet++;
    },
    onCloseTag: (name: string) => {
      if (isQuiet(name)) quiet--;
    },
  });
}

/** Takes away what only our own renderer may use, and the seal from what it made. */
function keepOwn(tagName: string, attribs: Record<string, string>, { seal, base }: SanitiseOptions) {
  const { class: classes = '', id, name, ...rest } = attribs;
  const own = classes
    .split(/\s+/)
    .filter((one) => one.startsWith(seal))
    .map((one) => one.slice(seal.length));
  // A box to tick is the renderer's; an author's own would be part of nothing. The empty name is no element at all.
  if (tagName === 'input' && own.length === 0) return { tagName: 'removed', attribs: {} };
  if (tagName === 'img' && own.length === 0 && /^\s*data:/i.test(rest.src ?? '')) delete rest.src;
  if (tagName === 'a') rest.rel = 'nofollow noopener';
  if (base && tagName === 'a' && rest.href !== undefined) rest.href = against(base.links, rest.href);
  if (base && tagName === 'img' && rest.src !== undefined) rest.src = against(base.pictures, rest.src);
  return {
    tagName,
    attribs: {
      ...rest,
      // GitHub puts this before ids and names, so that an author's can be none of the page's own.
      ...(id === undefined ? {} : { id: `user-content-${id}` }),
      ...(name === undefined ? {} : { name: `user-content-${name}` }),
      ...(own.length === 0 ? {} : { class: own.join(' ') }),
    },
  };
}

/** A relative address of a file, as seen from the root. Others stay as they are. */
function against(base: string, address: string): string {
  if (/^([a-z][a-z\d+.-]*:|\/|#)/i.test(address) || !URL.canParse(address, `http://files${base}`))
    return address;
  const { pathname, search, hash } = new URL(address, `http://files${base}`);
  return `${pathname}${search}${hash}`;
}

/** Text as HTML. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
