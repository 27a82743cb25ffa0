import type { ObjectId } from 'bson';
import type { Chance } from '../chance.ts';
import type { CollectionDocument } from '../collection-document.ts';
import type { Build } from './builds.ts';
import { type Case, caseDocument, makeCase } from './cases.ts';
import { DEVICES, type Group, groupDocument, makeGroup, makeSubGroup } from './groups.ts';
import type { RegressionTracker } from './regression-tracker.ts';

/** A group with what lies in it, before it is written. */
interface Tree {
  readonly group: Group;
  readonly cases: readonly Case[];
  readonly below: readonly Tree[];
}

/** All that one build was tested with: a plan that a lab ran, and every third time one that a program posted. */
export function* testDocuments(
  chance: Chance,
  build: Build,
  tracker: RegressionTracker,
): Generator<CollectionDocument> {
  // A configuration is run on the same device each time: only so can it regress.
  const device = DEVICES[build.defconfigFull.length % DEVICES.length] ?? DEVICES[0];
  const plan = makeGroup(chance, build, 'baseline', device, false);
  const suite = makeSubGroup(chance, plan, 'dmesg');
  yield* written(chance, tracker, {
    group: plan,
    cases: cases(chance, plan, 3 + chance.below(4)),
    below: [{ group: suite, cases: cases(chance, suite, 3), below: [] }],
  });
  if (!chance.oneIn(3)) return;
  const posted = makeGroup(chance, build, 'v4l2-compliance-vivid', device, true);
  const set = makeSubGroup(chance, posted, 'Buffer-ioctls');
  const deep = makeSubGroup(chance, set, 'Input-0');
  yield* written(chance, tracker, {
    group: posted,
    cases: cases(chance, posted, 4),
    below: [
      { group: set, cases: cases(chance, set, 3), below: [{ group: deep, cases: cases(chance, deep, 2), below: [] }] },
    ],
  });
}

function cases(chance: Chance, group: Group, count: number): readonly Case[] {
  return Array.from({ length: count }, (_, index) => makeCase(chance, group, index));
}

/** A sub-group named like its plan took the plan's own place: then the plan names itself as its parent and its child. */
function* written(chance: Chance, tracker: RegressionTracker, top: Tree): Generator<CollectionDocument> {
  const isOwnParent = chance.oneIn(40);
  yield* writtenTree(chance, tracker, top, isOwnParent ? top.group.id : null, null, isOwnParent ? [top.group.id] : []);
}

function* writtenTree(
  chance: Chance,
  tracker: RegressionTracker,
  { group, cases: made, below }: Tree,
  parent: ObjectId | null,
  index: number | null,
  more: readonly ObjectId[],
): Generator<CollectionDocument> {
  const twice = chance.oneIn(10) ? made.slice(0, 1) : [];
  const subGroups = [...below.map((tree) => tree.group.id), ...more];
  const members = [...made, ...twice].map(({ id }) => id);
  yield { collection: 'test_group', document: groupDocument(chance, group, parent, index, subGroups, members) };
  for (const one of made) {
    const { regression, documents } = tracker.follow(one);
    yield { collection: 'test_case', document: caseDocument(chance, one, regression) };
    yield* documents;
  }
  for (const [position, tree] of below.entries()) {
    yield* writtenTree(chance, tracker, tree, group.id, position + 1, []);
  }
}

/** The same in the summer of 2018: suites, sets and cases. */
export function* suiteDocuments(chance: Chance, build: Build): Generator<CollectionDocument> {
  const group = makeGroup(chance, build, 'simple', chance.of(DEVICES), false);
  const set = makeSubGroup(chance, group, 'default');
  const made = cases(chance, set, 3);
  const {
    test_cases: _cases,
    sub_groups: _groups,
    parent_id: _parent,
    ...suite
  } = groupDocument(chance, group, null, null, [], []);
  yield { collection: 'test_suite', document: { ...suite, test_case: [], test_set: [set.id] } };
  yield {
    collection: 'test_set',
    document: {
      _id: set.id,
      created_on: set.time,
      defects: [],
      metadata: {},
      name: set.name,
      parameters: {},
      test_case: made.map(({ id }) => id),
      test_job_id: null,
      test_suite_id: group.id,
      test_suite_name: group.name,
      time: new Date(0),
      version: '1.0',
    },
  };
  for (const one of made) yield { collection: 'test_case', document: caseDocument(chance, one, null) };
}
