/** Where a list's answer starts and how long it is, from the query; and the Link header that leads on. */
export interface Paging {
  slice<T>(items: readonly T[], usual?: number): T[];
  link(url: URL): string | null;
}

const defaultSize = 30;
const largestSize = 100;

/** Paging as the API does it: pages counted from 1, 30 items each unless `per_page` (at most 100) says otherwise. */
export function pagingOf(query: URLSearchParams): Paging {
  const asked = positive(query.get('per_page'));
  const page = positive(query.get('page')) ?? 1;
  let last: number | null = null;
  return {
    slice(items, usual = defaultSize) {
      const size = asked === null ? usual : Math.min(asked, largestSize);
      last = Math.max(1, Math.ceil(items.length / size));
      return items.slice((page - 1) * size, page * size);
    },
    link(url) {
      if (last === null || last === 1) return null;
      const to = (number: number, relation: string) => {
        const target = new URL(url);
        target.searchParams.set('page', String(number));
        return `<${target.href}>; rel="${relation}"`;
      };
      const links: string[] = [];
      if (page > 1) links.push(to(Math.min(page - 1, last), 'prev'));
      if (page < last) links.push(to(page + 1, 'next'), to(last, 'last'));
      if (page > 1) links.push(to(1, 'first'));
      return links.join(', ');
    },
  };
}

function positive(text: string | null): number | null {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : null;
}
