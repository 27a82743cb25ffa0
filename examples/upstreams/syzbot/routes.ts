import type { Dashboard } from './dashboard.ts';

export interface SyzbotAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly location?: string;
  readonly namespace?: string;
}

const GROUP_PATHS = new Map([
  ['', 'open'],
  ['/fixed', 'fixed'],
  ['/invalid', 'invalid'],
] as const);
const TEXTS = /^\/(?:text|x\/[.\w]+)$/;

/** What the dashboard answers; a page of HTML to whoever does not ask for `json=1`, and for every error. */
export function answerOf(dashboard: Dashboard, address: URL): SyzbotAnswer {
  const { pathname, searchParams } = address;
  const isJson = searchParams.get('json') === '1';
  if (pathname === '/robots.txt') return text(200, 'User-agent: *\nAllow: /\n');
  if (pathname === '/bug') return bugAnswer(dashboard, searchParams, isJson);
  if (TEXTS.test(pathname)) return textAnswer(searchParams);
  const [, namespace = '', rest = ''] = /^\/([\w.-]+)(\/.*)?$/.exec(pathname) ?? [];
  if (namespace === '') return page(200, 'syzbot', 'upstream');
  if (!dashboard.namespaces.has(namespace)) return { status: 302, type: HTML, body: '', location: '/upstream' };
  const group = [...GROUP_PATHS].find(([path]) => path === rest)?.[1];
  if (group === undefined) return text(404, '404 page not found\n');
  if (!isJson) return page(200, `${group} bugs`, namespace);
  return { ...json({ version: 1, Bugs: dashboard.list(namespace, group) }), namespace };
}

const HTML = 'text/html; charset=utf-8';

/** As Go writes it: tabs, and three characters that mean something in HTML escaped. */
export function goJson(value: unknown): string {
  const escapes: Readonly<Record<string, string>> = { '&': '\\u0026', '<': '\\u003c', '>': '\\u003e' };
  return JSON.stringify(value, null, '\t').replace(/[&<>]/g, (character) => escapes[character] ?? character);
}

export function text(status: number, body: string): SyzbotAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

/** A page for people, with a sentence in it. */
export function page(status: number, sentence: string, namespace?: string): SyzbotAnswer {
  const body = `<!doctype html>\n<html>\n<head><title>dashboard</title></head>\n<body><p>${sentence}</p></body>\n</html>\n`;
  return { status, type: HTML, body, ...(namespace === undefined ? {} : { namespace }) };
}

function json(value: unknown): SyzbotAnswer {
  return { status: 200, type: 'application/json', body: goJson(value) };
}

function bugAnswer(dashboard: Dashboard, query: URLSearchParams, isJson: boolean): SyzbotAnswer {
  const name = query.get('id') ?? query.get('extid') ?? '';
  const bug = dashboard.find(name);
  if (bug === undefined) return page(404, `there is no bug &#34;${name}&#34;`);
  if (bug.isHidden) return { status: 307, type: HTML, body: '', location: 'https://accounts.example.com/login' };
  if (!isJson) return page(200, 'a bug', bug.namespace);
  return { ...json(bug.page), namespace: bug.namespace };
}

function textAnswer(query: URLSearchParams): SyzbotAnswer {
  const id = query.get('x') ?? query.get('id') ?? '';
  if (!/^[0-9a-f]+$/.test(id)) return page(400, 'bad text id');
  return text(200, `The text ${id} of ${query.get('tag') ?? 'a bug'}.\n`);
}
