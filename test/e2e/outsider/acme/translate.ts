import { type Call, type Entities, type EntityName, type PageItem, SourceError, type z } from 'kcigraph/adapter';
import { JOB, toBuild } from './translate-build.ts';
import { RUN, toCheckout } from './translate-checkout.ts';
import { RESULT, toTest } from './translate-test.ts';

type Translator<T> = (row: unknown, call: Call) => PageItem<T> | null;

/** Acme has no issues and no incidents. */
const TRANSLATORS: { readonly [E in EntityName]?: Translator<Entities[E]> } = {
  checkout: by(RUN, toCheckout),
  build: by(JOB, toBuild),
  test: by(RESULT, toTest),
};

/** A row at its place; null, and a warning, where it cannot be understood. */
export function translate<E extends EntityName>(entity: E, row: unknown, call: Call): PageItem<Entities[E]> | null {
  const translator: Translator<Entities[E]> | undefined = TRANSLATORS[entity];
  if (translator === undefined) throw new SourceError('SOURCE_UNSUPPORTED', `Acme has no ${entity}s.`);
  return translator(row, call);
}

function by<R, T extends { readonly id: string; readonly startTime: string | null }>(
  schema: z.ZodType<R>,
  to: (row: R) => T,
): Translator<T> {
  return (row, call) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) {
      const object = to(parsed.data);
      return { object, time: object.startTime, tie: object.id };
    }
    const id = typeof row === 'object' && row !== null && 'id' in row ? String(row.id) : 'without an id';
    const [issue] = parsed.error.issues;
    const message = `Acme's row ${id.slice(0, 40)} cannot be understood: ${issue?.path.join('.')}: ${issue?.message}`;
    call.warn(new SourceError('SOURCE_BAD_DATA', message, { id: id.slice(0, 40) }));
    return null;
  };
}
