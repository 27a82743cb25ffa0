import type { PlantedFault } from './faults.ts';
import { withFilters, withItems, withPages, withQueries, wrapped } from './wrapped.ts';

/** Faults of lists: their pages, their order, their filters. */
export const LIST_FAULTS: readonly PlantedFault[] = [
  {
    fault: 'loses the first item behind a page',
    caughtBy: 'paging',
    also: ['has-more', 'combined-filters'],
    plant: (honest) =>
      withPages(honest, (page, query) =>
        query.after === null || page.items.length < 2 ? page : { ...page, items: page.items.slice(1) },
      ),
  },
  {
    fault: 'repeats the last item of a page on the next',
    caughtBy: 'paging',
    also: ['has-more'],
    plant: (honest) => {
      const given = new Map<string, object>();
      return withPages(honest, (page, query) => {
        for (const item of page.items) given.set(item.tie, item);
        const before = page.items.length < 2 ? undefined : given.get(query.after?.tie ?? '');
        const [first] = page.items;
        if (before === undefined || first === undefined) return page;
        return { ...page, items: [Object.assign({}, first, before), ...page.items].slice(0, query.first) };
      });
    },
  },
  {
    fault: 'ignores a filter',
    caughtBy: 'filters',
    also: ['combined-filters'],
    plant: (honest) => withFilters(honest, (field, filter) => (field === 'status' ? undefined : filter)),
  },
  {
    fault: 'takes only the first value of a filter',
    caughtBy: 'filters',
    plant: (honest) =>
      withFilters(honest, (_, filter) =>
        'in' in filter && Array.isArray(filter.in) ? { ...filter, in: filter.in.slice(0, 1) } : filter,
      ),
  },
  {
    fault: 'lets an empty list fit everything',
    caughtBy: 'filters',
    also: ['combined-filters'],
    plant: (honest) =>
      withFilters(honest, (_, filter) =>
        'in' in filter && Array.isArray(filter.in) && filter.in.length === 0 ? undefined : filter,
      ),
  },
  {
    fault: 'includes the end of a range',
    caughtBy: 'filters',
    plant: (honest) =>
      withFilters(honest, (_, filter) =>
        'to' in filter && typeof filter.to === 'string' ? { ...filter, to: `${filter.to}~` } : filter,
      ),
  },
  {
    fault: 'forgets null in a list of statuses',
    caughtBy: 'filters',
    plant: (honest) =>
      withFilters(honest, (_, filter) =>
        'in' in filter && Array.isArray(filter.in)
          ? { ...filter, in: filter.in.filter((value) => value !== null) }
          : filter,
      ),
  },
  {
    fault: 'takes a subtree for a prefix of text',
    caughtBy: 'filters',
    plant: (honest) =>
      withFilters(honest, (_, filter) =>
        'under' in filter && filter.under === 'ltp' ? { ...filter, under: '' } : filter,
      ),
  },
  {
    fault: 'looks for the beginning of a path in any case',
    caughtBy: 'filters',
    plant: (honest) =>
      withFilters(honest, (field, filter) =>
        field === 'path' && 'prefix' in filter && typeof filter.prefix === 'string'
          ? { ...filter, prefix: filter.prefix.toLowerCase() }
          : filter,
      ),
  },
  {
    fault: 'takes what a path contains for its beginning',
    caughtBy: 'filters',
    plant: (honest) =>
      withFilters(honest, (_, filter) => ('contains' in filter ? { ...filter, prefix: filter.contains } : filter)),
  },
  {
    fault: 'finds no message by its id without brackets',
    caughtBy: 'filters',
    plant: (honest) =>
      withFilters(honest, (field, filter) =>
        field === 'messageId' && 'in' in filter && Array.isArray(filter.in)
          ? { ...filter, in: filter.in.filter((id) => String(id).startsWith('<')) }
          : filter,
      ),
  },
  {
    fault: 'applies only the first of several filters',
    caughtBy: 'combined-filters',
    plant: (honest) =>
      withQueries(honest, (query) => {
        const [first, ...others] = Object.entries(query.where ?? {});
        if (first === undefined || others.length === 0) return query;
        const rest = others.map(([field]) => [field, undefined]);
        return { ...query, where: Object.assign({}, query.where, Object.fromEntries(rest)) };
      }),
  },
  {
    fault: 'swaps two items of different times',
    caughtBy: 'order',
    also: ['has-more', 'paging'],
    plant: (honest) =>
      withPages(honest, (page) => {
        const at = page.items.findIndex((item, index) => index > 0 && item.time !== page.items[index - 1]?.time);
        const [one, other] = [page.items[at - 1], page.items[at]];
        return one === undefined || other === undefined
          ? page
          : { ...page, items: page.items.toSpliced(at - 1, 2, other, one) };
      }),
  },
  {
    fault: 'sorts ties the wrong way round',
    caughtBy: 'order',
    also: ['has-more', 'paging', 'totals', 'counts'],
    plant: (honest) =>
      withPages(honest, (page) => ({
        ...page,
        items: page.items.toSorted((one, other) => (one.time === other.time ? (one.tie < other.tie ? 1 : -1) : 0)),
      })),
  },
  {
    fault: 'puts what has no time first',
    caughtBy: 'order',
    also: ['has-more', 'paging', 'totals', 'issue-versions', 'counts'],
    plant: (honest) =>
      withPages(honest, (page) => ({
        ...page,
        items: page.items.toSorted((one, other) => Number(one.time !== null) - Number(other.time !== null)),
      })),
  },
  {
    fault: 'gives OLDEST as NEWEST turned round, ties and missing times too',
    caughtBy: 'order',
    also: ['seek'],
    plant: (honest) =>
      wrapped(honest, {
        list: async (entity, query, call) => {
          if (query.order === 'NEWEST') return honest.list(entity, query, call);
          const all = await honest.list(entity, { ...query, order: 'NEWEST', first: 200, after: null }, call);
          const turned = all.items.toReversed();
          const start = query.after === null ? 0 : turned.findIndex(({ tie }) => tie === query.after?.tie) + 1;
          const items = turned.slice(start, start + query.first);
          return { ...all, items, hasMore: start + items.length < turned.length };
        },
      }),
  },
  {
    fault: 'says that more comes when nothing does',
    caughtBy: 'has-more',
    plant: (honest) => withPages(honest, (page) => ({ ...page, hasMore: true })),
  },
  {
    fault: 'says that more comes when nothing does, and not that its index is still filling',
    caughtBy: 'has-more',
    options: { paging: 'offset' },
    plant: (honest) => withPages(honest, (page) => ({ ...page, hasMore: true })),
  },
  {
    fault: 'says that nothing more comes when it does',
    caughtBy: 'has-more',
    also: ['combined-filters'],
    plant: (honest) => withPages(honest, (page) => ({ ...page, hasMore: false })),
  },
  {
    fault: 'looks one item too short for more',
    caughtBy: 'has-more',
    plant: (honest) => withPages(honest, (page, query) => ({ ...page, hasMore: page.items.length === query.first })),
  },
  {
    fault: 'gives one item more than asked',
    caughtBy: 'page-size',
    plant: (honest) => withQueries(honest, (query) => ({ ...query, first: query.first + 1 })),
  },
  {
    fault: 'begins anew where the place is not taken',
    caughtBy: 'seek',
    plant: (honest) =>
      wrapped(honest, {
        list: async (entity, query, call) => {
          const all = await honest.list(entity, { ...query, first: 200, after: null }, call);
          const start = query.after === null ? 0 : all.items.findIndex(({ tie }) => tie === query.after?.tie) + 1;
          const items = all.items.slice(start, start + query.first);
          return { ...all, items, hasMore: start + items.length < all.items.length };
        },
      }),
  },
  {
    fault: 'gives two objects one tie',
    caughtBy: 'ties',
    also: ['has-more', 'paging', 'issue-versions'],
    plant: (honest) => withItems(honest, (item) => ({ ...item, tie: item.tie.replace(/\d+$/, '') })),
  },
  {
    fault: 'uses the id as the tie of each version of an issue',
    caughtBy: 'ties',
    also: ['has-more', 'paging', 'issue-versions'],
    plant: (honest) => withItems(honest, (item) => ({ ...item, tie: item.object.id })),
  },
  {
    fault: 'gives marks that are too long',
    caughtBy: 'marks',
    options: { paging: 'offset' },
    plant: (honest) => withItems(honest, (item) => ({ ...item, mark: item.mark?.padEnd(101, '.') ?? '' })),
  },
  {
    fault: 'gives no marks though it pages by offset',
    caughtBy: 'marks',
    options: { paging: 'offset' },
    plant: (honest) => withItems(honest, ({ object, time, tie }) => ({ object, time, tie })),
  },
  {
    fault: 'gives marks though it seeks',
    caughtBy: 'marks',
    plant: (honest) => withItems(honest, (item) => ({ ...item, mark: '7' })),
  },
  {
    fault: 'tells a total of the page alone',
    caughtBy: 'totals',
    plant: (honest) => withPages(honest, (page) => ({ ...page, total: page.items.length })),
  },
  {
    fault: 'lists all versions of issues always',
    caughtBy: 'issue-versions',
    also: ['related', 'counts'],
    plant: (honest) => withQueries(honest, (query) => ({ ...query, allVersions: true })),
  },
  {
    fault: 'sorts by the time of the last change',
    caughtBy: 'times',
    also: ['order', 'has-more', 'paging', 'lookup-equals-list', 'issue-versions', 'combined-filters'],
    plant: (honest) => withItems(honest, (item) => ({ ...item, time: item.object.timestamp })),
  },
];
