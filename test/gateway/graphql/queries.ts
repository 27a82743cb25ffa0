/** Queries over the garden that executors have been seen to differ on. */
export const QUERIES: Readonly<Record<string, string | readonly [string, Record<string, unknown>]>> = {
  'plain fields': '{ beds { nodeId name } }',
  'relations of a list': '{ beds { name plants(first: 3) { totalCount nodes { name kind bed { name } } } } }',
  'fragments over an interface':
    '{ nodes(ids: ["bed-east", "plant-1", "x", "plant-2"]) { __typename nodeId ...B ... on Plant { name size { height unit } } } } fragment B on Bed { bedName: name plants(first: 1) { nodes { ...P } } } fragment P on Plant { nodeId tags }',
  'a union': '{ things { __typename ... on Bed { title: name } ... on Plant { kind name } } }',
  aliases:
    '{ one: bed { title: name } two: bed(name: "west") { name first: plants(first: 1) { nodes { name } } rest: plants(first: 2, span: {from: 1}) { nodes { name } } } }',
  'aliases with an underscore':
    '{ bed_a: bed { p: plants(first: 1) { totalCount } } bed { a_p: plants(first: 2, span: {kinds: [TREE]}) { totalCount } } }',
  'aliases with an underscore that is no path':
    '{ first_one: bed { its_plants: plants(first: 1) { totalCount } } other_one: bed(name: "west") { its_plants: plants(first: 2) { totalCount nodes { name } } } }',
  'an alias that looks like a path':
    '{ a: bed { b_c: neighbour { x: name } } a_b: bed(name: "west") { c: neighbour { x: name plants(first: 1) { totalCount } } } }',
  'the alias __proto__': '{ __proto__: bed { name } bed { __proto__: name } }',
  'odd aliases':
    '{ constructor: bed { toString: name hasOwnProperty: nodeId } then: bed { name } length: bed { name } }',
  'the same field several times':
    '{ bed { name name plants(first: 2) { nodes { name } } plants(first: 2) { nodes { kind } totalCount } ...F } } fragment F on Bed { plants(first: 2) { nodes { nodeId } } }',
  'skip and include with literals':
    '{ bed { name @skip(if: true) nodeId @include(if: true) ... @include(if: false) { broken } neighbour @skip(if: false) { name } } }',
  'skip and include with variables': [
    'query($y: Boolean!, $n: Boolean!) { bed { name @skip(if: $n) nodeId @include(if: $n) ...F @include(if: $y) ...G @skip(if: $y) } } fragment F on Bed { broken plants(first: 1) @include(if: $y) { nodes { name kind @skip(if: $y) } } } fragment G on Bed { neighbour { name } }',
    { y: true, n: false },
  ],
  'a fragment twice, once left out': [
    'query($b: Boolean!) { bed { ...F neighbour { ...F @skip(if: $b) name } } } fragment F on Bed { nodeId broken @include(if: $b) }',
    { b: true },
  ],
  'a fragment twice, once left out, the other way': [
    'query($b: Boolean!) { bed { ...F neighbour { ...F @skip(if: $b) name } } } fragment F on Bed { nodeId broken @include(if: $b) }',
    { b: false },
  ],
  'a field twice, once left out': [
    'query($b: Boolean!) { bed { name @include(if: $b) name plants(first: 1) @skip(if: $b) { nodes { name } } plants(first: 1) { totalCount } } }',
    { b: true },
  ],
  'an inline fragment left out twice over': [
    'query($a: Boolean!, $b: Boolean!) { bed { ... @include(if: $a) { ... @skip(if: $b) { name broken } nodeId } } }',
    { a: true, b: true },
  ],
  'a fragment at two places, at one of them left out': [
    'query($i: Boolean!) { b: bed { ...F @include(if: $i) nodeId } a: bed(name: "west") { ...F } } fragment F on Bed { plants(first: 1) { totalCount } }',
    { i: false },
  ],
  'a fragment twice in one place, first left out by a literal':
    '{ beds { ...F @include(if: false) ...F } } fragment F on Bed { nodeId }',
  'fields of a fragment within a field that is left out':
    '{ beds { nodeId } ... @include(if: false) { beds { ... on Bed { name } } } }',
  'relations of a fragment within a field that is left out':
    '{ bed { ... @include(if: false) { neighbour { ... on Bed { plants { totalCount } broken } } } neighbour { name } } }',
  'a skipped first mention': '{ beds { name @skip(if: true) nodeId name } }',
  'a fragment on Node at two places, once left out': [
    'query($i: Boolean!) { a: node(id: "bed-west") { ...N @include(if: $i) __typename } b: bed { ...N __typename } } fragment N on Node { __isNode: __typename nodeId ... on Bed { name } }',
    { i: false },
  ],
  'a fragment on Node at two places, both there': [
    'query($i: Boolean!) { a: node(id: "bed-west") { ...N @include(if: $i) __typename } b: bed { ...N __typename } } fragment N on Node { __isNode: __typename nodeId ... on Bed { name } }',
    { i: true },
  ],
  'nothing that is left': '{ beds { name @skip(if: true) } bed @include(if: false) { name } }',
  'a condition by the default of a variable': [
    'query($y: Boolean = true, $n: Boolean! = false) { bed { name @skip(if: $y) nodeId @include(if: $y) broken @include(if: $n) } }',
    {},
  ],
  'a condition that is null': ['query($y: Boolean = true) { beds { name nodeId @skip(if: $y) } }', { y: null }],
  'a null within a list that must not have any': [
    'query($k: Kind = HERB) { beds { name plants(span: { kinds: [$k] }) { totalCount } } }',
    { k: null },
  ],
  'skip and include on one field': [
    'query($a: Boolean!) { bed { name @skip(if: $a) @include(if: true) nodeId @skip(if: false) @include(if: $a) } }',
    { a: true },
  ],
  'null for a non-null leaf': '{ beds { name mustNot } }',
  'null for a non-null leaf far down': '{ beds { plants { nodes { name size { unit height } } } } }',
  'null for a non-null object': '{ bed { plants(first: 12) { nodes { name sibling { name } } } } }',
  'null for a non-null object below itself':
    '{ node(id: "plant-11") { nodeId ... on Plant { sibling { name } } } bed { name } }',
  'null at a non-null root': '{ bed { name } strict { name } }',
  'errors inside a list': '{ flaky { nodeId name } }',
  'an error of one parent': '{ beds { name broken } }',
  'an error with extensions': '{ fails bed { name } }',
  'values that a scalar refuses': '{ beds { plants(first: 12) { nodes { name sown } } } }',
  'values that an enum or Int does not have': '{ beds { plants(first: 12) { nodes { kind weight } } } }',
  'argument defaults':
    '{ echo a: echo(span: {}) b: echo(span: {to: 3, kinds: []}) c: echo(span: null, ids: ["1", "2"], kind: TREE, day: "2026-02-03") }',
  'a single value for a list': '{ echo(ids: "one", span: {kinds: HERB}) }',
  'variables and their defaults': [
    'query($s: Span = {from: 2}, $k: Kind, $ids: [ID!] = ["x"], $d: Day, $t: String) { a: echo(span: $s, kind: $k, ids: $ids, day: $d, text: $t) b: echo(span: {from: 1, to: 2, kinds: [HERB]}) }',
    { k: 'HERB', d: '2026-05-06' },
  ],
  'variables inside input objects': [
    'query($f: Int, $k: [Kind!], $id: ID!) { echo(span: {from: $f, kinds: $k}, ids: [$id, "b"]) }',
    { k: ['TREE'], id: 7 },
  ],
  'variables that are null or absent': [
    'query($s: Span, $t: String, $n: String = "d") { a: echo(span: $s, text: $t) b: echo(text: $n) }',
    { s: null },
  ],
  'a default of a non-null variable': [
    'query($n: Int! = 1, $k: Kind! = TREE) { beds(first: $n) { name plants(span: {kinds: [$k]}) { totalCount } } }',
    {},
  ],
  'absent variables over defaults': [
    'query($f: Int, $n: String, $s: Span, $k: [Kind!]) { bed(name: $n) { name plants(first: $f, span: $s) { totalCount nodes { name } } other: plants(span: {to: $f, kinds: $k}) { totalCount } } }',
    {},
  ],
  'an explicit null over a default': ['query($n: String = "west") { bed(name: $n) { name } }', { n: null }],
  'texts that look like code': [
    'query($t: String) { a: echo(text: "`${1}` \\" \\u2028 \' </script> */ //") b: echo(text: $t) }',
    { t: '`;process.exit()' },
  ],
  'a block string': '{ echo(text: """\n  two\n    lines \\""" `\n""") }',
  'typename at the root': '{ __typename a: __typename bed { __typename } }',
  introspection:
    '{ __schema { queryType { name fields { name args { name defaultValue } } } } __type(name: "Bed") { interfaces { name } } }',
  'introspection beside data': '{ __type(name: "Plant") { fields { name } } bed { name } }',
  'a fragment on the interface':
    '{ node(id: "bed-west") { ...N } } fragment N on Node { nodeId __typename ... on Bed { neighbour { ...M } } } fragment M on Node { nodeId ... on Bed { name } }',
  'an interface below a list below an interface':
    '{ nodes(ids: ["plant-0", "bed-west", "plant-2"]) { ... on Plant { bed { plants(first: 2) { nodes { bed { nodeId } } } } } ... on Bed { neighbour { nodeId } } } }',
  'several operations, one named': '{ beds { name } }',
  'a mutation':
    'mutation { rename(name: "new") { name plants(first: 1) { totalCount } } b: rename(name: "b") { name } }',
};
