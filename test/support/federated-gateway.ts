import { tmpdir } from 'node:os';
import { type DocumentNode, type ExecutionResult, parse, validate } from 'graphql';
import * as z from 'zod';
import { type Adapter, type AdapterModule, CONTRACT, type Logger } from '../../adapters/contract/adapter.ts';
import { ByteBudget } from '../../gateway/federation/byte-budget.ts';
import { createRegistry, type Registry, type SourceConfig } from '../../gateway/federation/registry.ts';
import { createRequestContext, type RequestContext } from '../../gateway/federation/request.ts';
import { type RenderedReport, renderReport } from '../../gateway/federation/source-report.ts';
import { ReferenceExecutor } from '../../gateway/graphql/executor.ts';
import { resolvers } from '../../gateway/graphql/resolvers/resolvers.ts';
import { scalars } from '../../gateway/graphql/resolvers/scalars.ts';
import { buildSchema } from '../../gateway/graphql/schema.ts';
import { Refusal, type SubmissionDoor } from '../../gateway/ingest/submission.ts';

/** Says nothing, or keeps what would be said. */
export function quietLog(lines: object[] = []): Logger {
  const keep = (fields: object, message: string) => lines.push({ ...fields, message });
  return { debug: keep, info: keep, warn: keep, error: keep };
}

export interface FederatedSource extends Partial<Omit<SourceConfig, 'name' | 'adapter' | 'options'>> {
  readonly name: string;
  readonly adapter: Adapter;
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface Answer<Data> {
  readonly data: Data;
  readonly errors: readonly AnswerError[];
  readonly report: RenderedReport;
}

/** Submission is off: what a gateway without a store to submit into has. */
const CLOSED: SubmissionDoor = {
  canStore: () => Promise.resolve(false),
  authorise: () => Promise.reject(new Refusal('FORBIDDEN', 'Submission is off.')),
  submitValue: () => Promise.reject(new Refusal('FORBIDDEN', 'Submission is off.')),
  submitBytes: () => Promise.reject(new Refusal('FORBIDDEN', 'Submission is off.')),
  submitLater: () => Promise.reject(new Refusal('FORBIDDEN', 'Submission is off.')),
  receipt: () => Promise.resolve(null),
};

/** The whole schema over some adapters, executed by graphql-js. */
export class FederatedGateway {
  readonly registry: Registry;
  readonly log: object[] = [];
  readonly #executor = new ReferenceExecutor(buildSchema({ resolvers, scalars }));
  readonly #submission: SubmissionDoor;

  constructor(sources: readonly FederatedSource[], submission: SubmissionDoor = CLOSED) {
    const modules = new Map<string, AdapterModule>();
    const configs = sources.map(({ adapter, ...config }) => {
      modules.set(config.name, moduleOf(config.name, adapter));
      return { ...config, adapter: config.name, options: null };
    });
    this.registry = createRegistry(configs, modules, { dataDir: tmpdir(), log: quietLog(this.log) });
    this.#submission = submission;
  }

  context(signal: AbortSignal = new AbortController().signal, deadline = Date.now() + 10_000): RequestContext {
    const log = quietLog(this.log);
    return createRequestContext({
      signal,
      deadline,
      log,
      registry: this.registry,
      submission: this.#submission,
      token: null,
      memory: new ByteBudget(Number.POSITIVE_INFINITY).open(),
    });
  }

  /** @typeParam Data the shape that the query gives its answer */
  async ask<Data = unknown>(
    text: string,
    variables: Readonly<Record<string, unknown>> = {},
    context: RequestContext = this.context(),
  ): Promise<Answer<Data>> {
    const document: DocumentNode = parse(text);
    const faults = validate(this.#executor.schema, document);
    if (faults.length > 0) throw faults[0];
    const result: ExecutionResult = await this.#executor.execute({ document, operationName: null, variables, context });
    const report = renderReport(context.report);
    const errors = [...(result.errors ?? []), ...report.errors].map((error) => error.toJSON());
    // Null prototypes of graphql-js compare unequal to literals.
    return {
      data: JSON.parse(JSON.stringify(result.data ?? null)),
      errors: JSON.parse(JSON.stringify(errors)),
      report,
    };
  }
}

function moduleOf(name: string, adapter: Adapter): AdapterModule {
  const defaults = { timeout: 5_000, concurrency: 100, rate: null, cacheTtl: 0, staleIfError: 0 };
  return { contract: CONTRACT, name, options: z.unknown(), defaults, create: () => adapter };
}
