import { absentKeys } from './behaviours/absent-keys.ts';
import { aliases } from './behaviours/aliases.ts';
import { answerKeys } from './behaviours/answer-keys.ts';
import { answerShape } from './behaviours/answer-shape.ts';
import { answers } from './behaviours/answers.ts';
import { batching } from './behaviours/batching.ts';
import { cancellation } from './behaviours/cancellation.ts';
import { capabilities } from './behaviours/capabilities.ts';
import { combinedFilters } from './behaviours/combined-filters.ts';
import { concurrency } from './behaviours/concurrency.ts';
import { counts } from './behaviours/counts.ts';
import { dangling } from './behaviours/dangling.ts';
import { deadline } from './behaviours/deadline.ts';
import { errors } from './behaviours/errors.ts';
import { fields } from './behaviours/fields.ts';
import { filters } from './behaviours/filters.ts';
import { hasMore } from './behaviours/has-more.ts';
import { health } from './behaviours/health.ts';
import { hostileKeys } from './behaviours/hostile-keys.ts';
import { immutableAnswers } from './behaviours/immutable-answers.ts';
import { included } from './behaviours/included.ts';
import { issueVersions } from './behaviours/issue-versions.ts';
import { knownData } from './behaviours/known-data.ts';
import { lookupEqualsList } from './behaviours/lookup-equals-list.ts';
import { marks } from './behaviours/marks.ts';
import { model } from './behaviours/model.ts';
import { order } from './behaviours/order.ts';
import { pageSize } from './behaviours/page-size.ts';
import { paging } from './behaviours/paging.ts';
import { mostlyRefused } from './behaviours/refused-records.ts';
import { related } from './behaviours/related.ts';
import { relatedPaging } from './behaviours/related-paging.ts';
import { relationFilters } from './behaviours/relation-filters.ts';
import { seek } from './behaviours/seek.ts';
import { startStop } from './behaviours/start-stop.ts';
import { ties } from './behaviours/ties.ts';
import { times } from './behaviours/times.ts';
import { totals } from './behaviours/totals.ts';
import type { Behaviour } from './report.ts';

/** All of them, in the order in which they are checked; the last four tell of the calls that the others made. */
export const BEHAVIOURS: readonly Behaviour[] = [
  capabilities,
  health,
  startStop,
  knownData,
  model,
  order,
  times,
  ties,
  marks,
  pageSize,
  hasMore,
  paging,
  seek,
  totals,
  lookupEqualsList,
  answerKeys,
  absentKeys,
  hostileKeys,
  issueVersions,
  aliases,
  related,
  relatedPaging,
  dangling,
  filters,
  combinedFilters,
  relationFilters,
  counts,
  fields,
  batching,
  cancellation,
  deadline,
  concurrency,
  immutableAnswers,
  included,
  mostlyRefused,
  answers,
  errors,
  answerShape,
];
