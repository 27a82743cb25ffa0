import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PublishedGateway } from '../../gateway/http/published-gateway.ts';
import { startTwoSystems } from '../clients/two-systems.ts';
import { DASHBOARD, interpolate, type Target } from './dashboard.ts';

const FOLDER = new URL('../../../examples/grafana/', import.meta.url);
const dashboard = DASHBOARD.parse(JSON.parse(readFileSync(new URL('tree.json', FOLDER), 'utf8')));
const values = new Map(
  dashboard.templating.list.flatMap((variable) =>
    variable.type === 'textbox' ? [[variable.name, variable.current.value] as const] : [],
  ),
);

let gateway: PublishedGateway;
let partial: PublishedGateway;
beforeAll(async () => {
  [gateway, partial] = await Promise.all([startTwoSystems(), startTwoSystems()]);
  partial.fail('bravo');
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await partial?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly errors?: readonly object[];
}

async function ask({ url }: PublishedGateway, { url_options: options }: Target): Promise<Answer> {
  const variables = interpolate(
    options.body_graphql_variables,
    values,
    '2026-01-10T00:00:00.000Z',
    '2026-01-17T00:00:00.000Z',
  );
  const response = await fetch(`${url}/graphql`, {
    method: options.method,
    headers: { 'content-type': options.body_content_type },
    body: JSON.stringify({ query: options.body_graphql_query, variables: JSON.parse(variables) }),
  });
  return response.json();
}

/** The rows of a panel, as the plugin takes them out of an answer. */
async function rowsOf(target: Target, answer: Answer): Promise<unknown[]> {
  return [...((await jsonata(target.root_selector).evaluate(answer)) ?? [])];
}

/** A column, by a path as the plugin understands it: names, and numbers for places in a list. */
function at(row: unknown, selector: string): unknown {
  return selector.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
  }, row);
}

const IS = {
  string: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number',
  boolean: (value: unknown) => typeof value === 'boolean',
  timestamp: (value: unknown) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
} as const;

describe("Grafana's dashboard", () => {
  it('has panels of different ids that lie beside each other', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos: a, title } of panels) {
      expect(a.x + a.w, title).toBeLessThanOrEqual(24);
      for (const { gridPos: b } of panels) {
        if (a === b) continue;
        const overlap = a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
        expect(overlap, title).toBe(false);
      }
    }
  });

  it('asks for text that a person typed as JSON, so that a quotation mark does no harm', () => {
    const hostile = new Map([...values.keys()].map((name) => [name, 'a"} \\']));
    for (const { targets } of dashboard.panels) {
      for (const { url_options: options } of targets) {
        expect(() => JSON.parse(interpolate(options.body_graphql_variables, hostile, '', ''))).not.toThrow();
        expect(options.body_graphql_query).not.toMatch(/\$\{/);
      }
    }
  });

  describe.each(dashboard.panels)('$title', ({ title, targets }) => {
    it.each(targets)('$refId is answered, and every column finds its value', async (target) => {
      const isOfErrors = target.root_selector.startsWith('errors');
      const answer = await ask(isOfErrors ? partial : gateway, target);
      if (!isOfErrors) expect(answer.errors).toBeUndefined();
      const rows = await rowsOf(target, answer);
      expect(rows.length).toBeGreaterThan(0);
      for (const { selector, type } of target.columns) {
        const found = rows.map((row) => at(row, selector)).filter((value) => value !== null && value !== undefined);
        // Why a source is not up is only said of one that is not.
        if (selector !== 'detail') expect(found.length, `${title}: ${selector}`).toBeGreaterThan(0);
        expect(
          found.filter((value) => !IS[type](value)),
          `${title}: ${selector}`,
        ).toEqual([]);
      }
    });
  });

  it('says who is missing where a source does not answer, and nothing where all do', async () => {
    const target = dashboard.panels
      .flatMap(({ targets }) => targets)
      .find((one) => one.root_selector.startsWith('errors'))!;
    expect(await rowsOf(target, await ask(gateway, target))).toEqual([]);
    expect(await rowsOf(target, await ask(partial, target))).toContainEqual(
      expect.objectContaining({ source: 'bravo', code: 'SOURCE_UNAVAILABLE' }),
    );
  });
});

it('the data source that is set up leads to the endpoint, and is the one of the dashboard', () => {
  const { datasources } = parse(readFileSync(new URL('datasource.yaml', FOLDER), 'utf8'));
  const [variable] = dashboard.templating.list;
  expect(datasources).toEqual([
    expect.objectContaining({ type: variable?.query, url: 'http://127.0.0.1:4000/graphql', uid: 'kcigraph' }),
  ]);
});
