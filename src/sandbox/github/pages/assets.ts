import { readFile } from 'node:fs/promises';
import type { PageApp } from './site.ts';

const types = {
  'style.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
} as const;

/** The style sheet, and the one script, which keeps a pull request's page up to date. */
export function assets(app: PageApp): void {
  for (const [name, type] of Object.entries(types)) {
    app.get(`/_assets/${name}`, async (c) => {
      const text = await readFile(new URL(`./assets/${name}`, import.meta.url), 'utf8');
      return c.body(text, 200, { 'content-type': type });
    });
  }
  app.get('/favicon.ico', (c) => c.redirect('/_assets/icon.svg'));
  app.get('/_assets/icon.svg', (c) => c.body(icon, 200, { 'content-type': 'image/svg+xml' }));
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8"
 fill="#1f6feb"/><path d="M10 8v16M10 12c0 6 12 2 12 8" fill="none" stroke="#fff" stroke-width="3"
 stroke-linecap="round"/><circle cx="10" cy="8" r="3" fill="#fff"/><circle cx="10" cy="24" r="3" fill="#fff"/><circle
 cx="22" cy="21" r="3" fill="#fff"/></svg>`;
