import * as z from 'zod';

/** As the Infinity plugin of Grafana stores a query. */
const TARGET = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: z.strictObject({ type: z.literal('yesoreyeram-infinity-datasource'), uid: z.literal('${kcigraph}') }),
  type: z.literal('graphql'),
  source: z.literal('url'),
  parser: z.literal('backend'),
  format: z.enum(['table', 'timeseries']),
  url: z.literal(''),
  url_options: z.strictObject({
    method: z.literal('POST'),
    data: z.literal(''),
    body_type: z.literal('graphql'),
    body_content_type: z.literal('application/json'),
    body_graphql_query: z.string().min(1),
    body_graphql_variables: z.string().min(2),
    headers: z.tuple([]),
    params: z.tuple([]),
  }),
  root_selector: z.string().min(1),
  columns: z
    .array(
      z.strictObject({
        selector: z.string().min(1),
        text: z.string().min(1),
        type: z.enum(['string', 'number', 'timestamp', 'boolean']),
      }),
    )
    .min(1),
  filters: z.tuple([]),
});

const PANEL = z.strictObject({
  id: z.int().min(1),
  type: z.enum(['table', 'timeseries']),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource: TARGET.shape.datasource,
  gridPos: z.strictObject({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1).max(24), h: z.int().min(2) }),
  targets: z.array(TARGET).min(1),
  options: z.record(z.string(), z.unknown()),
  fieldConfig: z.strictObject({ defaults: z.record(z.string(), z.unknown()), overrides: z.tuple([]) }),
});

const VARIABLE = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('datasource'),
    name: z.literal('kcigraph'),
    query: z.literal('yesoreyeram-infinity-datasource'),
  }),
  z.looseObject({
    type: z.literal('textbox'),
    name: z.string().regex(/^[a-z]+$/),
    label: z.string().min(1),
    query: z.string(),
    current: z.strictObject({ text: z.string(), value: z.string() }),
  }),
]);

/** What Grafana must find in a dashboard, as far as this one uses it. */
export const DASHBOARD = z.strictObject({
  uid: z.string().regex(/^[\w-]{1,40}$/),
  title: z.string().min(1),
  description: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.int().min(36),
  version: z.int(),
  editable: z.boolean(),
  timezone: z.enum(['utc', 'browser']),
  time: z.strictObject({ from: z.string().startsWith('now-'), to: z.literal('now') }),
  refresh: z.string(),
  templating: z.strictObject({ list: z.array(VARIABLE) }),
  annotations: z.strictObject({ list: z.tuple([]) }),
  links: z.tuple([]),
  panels: z.array(PANEL).min(1),
});
export type Target = z.output<typeof TARGET>;

/** Fills variables in as Grafana does: `${name:json}` as JSON, and the range of time that is shown. */
export function interpolate(text: string, values: ReadonlyMap<string, string>, from: string, to: string): string {
  return text.replace(/\$\{(\w+)(?::([\w:]+))?\}/g, (whole, name: string, format: string | undefined) => {
    if (format === 'date:iso' && name === '__from') return from;
    if (format === 'date:iso' && name === '__to') return to;
    const value = values.get(name);
    if (value === undefined || format !== 'json') throw new Error(`${whole} is no variable of the dashboard.`);
    return JSON.stringify(value);
  });
}
