// Keeps a page up to date while it is looked at: asks for it again, and puts in what has become different. Boxes that
// somebody is writing in are left alone, and what was folded open stays open.
const everyMs = 2000;

/** What the server gave last, by id: the page's own state (open details, typed text) is not a difference. */
const known = new Map();

// Times in words ('2 minutes ago') change by themselves.
const givenAs = (element) => element.outerHTML.replace(/<time[\s\S]*?<\/time>/g, '');

const inUse = (element) => element.contains(document.activeElement) || element.querySelector('.menu[open]');

function put(old, fresh) {
  if (known.get(fresh.id) === givenAs(fresh) || inUse(old)) return;
  known.set(fresh.id, givenAs(fresh));
  const folds = [...old.querySelectorAll('details')].map((one) => one.open);
  const shown = document.importNode(fresh, true);
  const details = [...shown.querySelectorAll('details')];
  if (folds.length === details.length) for (const [index, one] of details.entries()) one.open = folds[index];
  old.replaceWith(shown);
}

function putList(old, fresh) {
  for (const child of [...old.children])
    if (child.id && !fresh.querySelector(`#${CSS.escape(child.id)}`)) child.remove();
  let before = null;
  for (const child of fresh.children) {
    if (!child.id) continue;
    const here = document.getElementById(child.id);
    if (here) {
      put(here, child);
    } else {
      known.set(child.id, givenAs(child));
      const shown = document.importNode(child, true);
      if (before) before.after(shown);
      else old.append(shown);
    }
    before = document.getElementById(child.id);
  }
}

async function refresh() {
  if (document.visibilityState !== 'visible') return;
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const fresh of page.querySelectorAll('[data-live], [data-live-list]')) {
    const old = document.getElementById(fresh.id);
    if (!old) continue;
    if (fresh.hasAttribute('data-live-list')) putList(old, fresh);
    else put(old, fresh);
  }
}

function remember() {
  for (const list of document.querySelectorAll('[data-live-list]')) {
    for (const child of list.children) if (child.id) known.set(child.id, givenAs(child));
  }
  for (const one of document.querySelectorAll('[data-live]')) known.set(one.id, givenAs(one));
}

// A page that answers a form which was refused has no address of its own to ask for again.
if (
  document.querySelector('[data-live], [data-live-list]') &&
  !document.querySelector('.banner[role=alert]')
) {
  remember();
  setInterval(refresh, everyMs);
}
