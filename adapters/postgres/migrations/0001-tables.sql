-- One table an entity of KCIDB, flat, without foreign keys: a parent that never arrives is the normal case.
-- Text that is an id or is searched by prefix compares as bytes (COLLATE "C"), as the model's ids do.
-- A B-tree entry holds at most 2,704 bytes: ids and origins are bounded at loading (write/rows.ts); other text is indexed
-- by its first 255 characters, and a query gives both, the index's expression and the whole value.
-- Time is spelled in three ways that are equal: in UTC where an index is by time alone, in GMT behind the origin, and as it
-- is behind all else. A list names the spelling of the index that drives it. With one spelling the planner would walk
-- through all times for an origin that reports much, and read months of others' rows for one that has fallen silent.

-- What a GIN index holds of a list of text. Its cost is what it takes, so that it filters no walk that the index can spare.
CREATE FUNCTION index_keys(list text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
  SELECT array_agg(left(item, 255)) FROM unnest(list) AS item
$$;

-- The commits that an issue names in misc as its cause or its fix: a hash, an object with a hash, or a list of them.
CREATE FUNCTION named_commits(misc jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT lower(hash) COLLATE "C")
  FROM (
    SELECT CASE jsonb_typeof(named) WHEN 'object' THEN named ->> 'hash' ELSE named #>> '{}' END AS hash
    FROM unnest(ARRAY['fix-commits', 'fix_commits', 'cause-commit', 'cause_commit']) AS key,
      jsonb_array_elements(
        CASE jsonb_typeof(misc -> key) WHEN 'array' THEN misc -> key ELSE jsonb_build_array(misc -> key) END
      ) AS named
  ) AS commits
  WHERE hash ~ '^[0-9a-fA-F]{40}$'
$$;

CREATE TABLE checkouts (
  id text COLLATE "C" PRIMARY KEY,
  origin text COLLATE "C" NOT NULL,
  -- The transaction time of the last load that changed the object.
  timestamp timestamptz NOT NULL,
  start_time timestamptz,
  sort_time timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(start_time, '-infinity')) STORED,
  origin_builds_finish_time timestamptz,
  origin_tests_finish_time timestamptz,
  git_repository_branch_tip boolean,
  valid boolean,
  git_commit_hash text COLLATE "C",
  patchset_hash text COLLATE "C",
  -- No patches is the same revision whether it was said or not.
  patchset text COLLATE "C" NOT NULL GENERATED ALWAYS AS (coalesce(patchset_hash, '')) STORED,
  tree_name text COLLATE "C",
  git_repository_url text,
  -- The URL in the form in which two spellings of one repository are equal.
  repository_key text COLLATE "C",
  git_repository_branch text COLLATE "C",
  git_commit_name text COLLATE "C",
  git_commit_tags text[],
  git_commit_message text,
  patchset_files jsonb,
  message_id text COLLATE "C",
  comment text,
  log_url text,
  misc jsonb
);
CREATE INDEX checkouts_time ON checkouts ((sort_time AT TIME ZONE 'UTC') DESC, id);
CREATE INDEX checkouts_origin_time ON checkouts (origin, (sort_time AT TIME ZONE 'GMT') DESC, id);
CREATE INDEX checkouts_revision ON checkouts (git_commit_hash, patchset, sort_time DESC, id);
CREATE INDEX checkouts_patchset ON checkouts (patchset, sort_time DESC, id) WHERE patchset <> '';
CREATE INDEX checkouts_tree_time ON checkouts (left(tree_name, 255), sort_time DESC, id);
CREATE INDEX checkouts_repository_time ON checkouts (left(repository_key, 255), sort_time DESC, id);
CREATE INDEX checkouts_branch_time ON checkouts (left(git_repository_branch, 255), sort_time DESC, id);
CREATE INDEX checkouts_commit_name ON checkouts (left(git_commit_name, 255), sort_time DESC, id);
CREATE INDEX checkouts_message_id ON checkouts (left(message_id, 255)) WHERE message_id IS NOT NULL;
CREATE INDEX checkouts_tags ON checkouts USING gin (index_keys(git_commit_tags));
CREATE INDEX checkouts_timestamp ON checkouts (timestamp, id);

CREATE TABLE builds (
  id text COLLATE "C" PRIMARY KEY,
  origin text COLLATE "C" NOT NULL,
  checkout_id text COLLATE "C" NOT NULL,
  timestamp timestamptz NOT NULL,
  start_time timestamptz,
  sort_time timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(start_time, '-infinity')) STORED,
  duration double precision,
  status text COLLATE "C",
  architecture text COLLATE "C",
  config_name text COLLATE "C",
  compiler text COLLATE "C",
  config_url text,
  command text,
  comment text,
  log_url text,
  input_files jsonb,
  output_files jsonb,
  misc jsonb
);
CREATE INDEX builds_time ON builds ((sort_time AT TIME ZONE 'UTC') DESC, id);
CREATE INDEX builds_origin_time ON builds (origin, (sort_time AT TIME ZONE 'GMT') DESC, id);
CREATE INDEX builds_origin_status_time ON builds (origin, status, sort_time DESC, id);
-- `IS NULL` is no equality to the planner: behind it, the index above has no order.
CREATE INDEX builds_origin_unfinished_time ON builds (origin, sort_time DESC, id) WHERE status IS NULL;
CREATE INDEX builds_checkout_time ON builds (checkout_id, sort_time DESC, id) INCLUDE (status);
CREATE INDEX builds_timestamp ON builds (timestamp, id);

CREATE TABLE tests (
  id text COLLATE "C" PRIMARY KEY,
  origin text COLLATE "C" NOT NULL,
  build_id text COLLATE "C" NOT NULL,
  timestamp timestamptz NOT NULL,
  start_time timestamptz,
  sort_time timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(start_time, '-infinity')) STORED,
  duration double precision,
  number_value double precision,
  -- An environment that was sent without any field is an object all the same.
  environment_present boolean,
  status text COLLATE "C",
  path text COLLATE "C",
  comment text,
  log_url text,
  number_unit text,
  number_prefix text,
  environment_comment text,
  environment_compatible text[],
  environment_misc jsonb,
  platform text COLLATE "C" GENERATED ALWAYS AS (
    CASE WHEN jsonb_typeof(environment_misc -> 'platform') = 'string' THEN environment_misc ->> 'platform' END
  ) STORED,
  input_files jsonb,
  output_files jsonb,
  misc jsonb
);
CREATE INDEX tests_time ON tests ((sort_time AT TIME ZONE 'UTC') DESC, id);
CREATE INDEX tests_origin_time ON tests (origin, (sort_time AT TIME ZONE 'GMT') DESC, id);
CREATE INDEX tests_origin_status_time ON tests (origin, status, sort_time DESC, id);
CREATE INDEX tests_origin_unfinished_time ON tests (origin, sort_time DESC, id) WHERE status IS NULL;
CREATE INDEX tests_build_time ON tests (build_id, sort_time DESC, id) INCLUDE (status);
CREATE INDEX tests_path_time ON tests (left(path, 255), sort_time DESC, id);
-- A subtree of paths is often less than a hundredth of all: too little for the usual statistics to see.
ALTER INDEX tests_path_time ALTER COLUMN 1 SET STATISTICS 500;
CREATE INDEX tests_platform_time ON tests (left(platform, 255), sort_time DESC, id) WHERE platform IS NOT NULL;
CREATE INDEX tests_compatible ON tests USING gin (index_keys(environment_compatible));
CREATE INDEX tests_timestamp ON tests (timestamp, id);

-- Whoever adds, changes or removes a version of an issue locks its row here first, so that one version is the newest.
CREATE TABLE issue_ids (
  id text COLLATE "C" PRIMARY KEY
);

CREATE TABLE issues (
  id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  origin text COLLATE "C" NOT NULL,
  timestamp timestamptz NOT NULL,
  -- The transaction time of the first load of this version; it never changes.
  first_known timestamptz NOT NULL,
  sort_time timestamptz NOT NULL GENERATED ALWAYS AS (first_known) STORED,
  newest boolean NOT NULL DEFAULT false,
  culprit_present boolean,
  culprit_code boolean,
  culprit_tool boolean,
  culprit_harness boolean,
  categories text[],
  report_url text,
  report_subject text,
  comment text,
  misc jsonb,
  named_commits text[] GENERATED ALWAYS AS (named_commits(misc)) STORED,
  -- What lists break equal times by: the id, a space, and the version in 20 digits.
  tie text COLLATE "C" NOT NULL GENERATED ALWAYS AS (id || ' ' || lpad(version::text, 20, '0')) STORED,
  PRIMARY KEY (id, version)
);
CREATE INDEX issues_time ON issues ((sort_time AT TIME ZONE 'UTC') DESC, tie);
CREATE INDEX issues_origin_time ON issues (origin, (sort_time AT TIME ZONE 'GMT') DESC, tie);
CREATE UNIQUE INDEX issues_newest ON issues (id) WHERE newest;
CREATE INDEX issues_newest_time ON issues ((sort_time AT TIME ZONE 'UTC') DESC, tie) WHERE newest;
CREATE INDEX issues_newest_origin_time ON issues (origin, (sort_time AT TIME ZONE 'GMT') DESC, tie) WHERE newest;
CREATE INDEX issues_categories ON issues USING gin (index_keys(categories));
CREATE INDEX issues_report_url ON issues (left(report_url, 255));
CREATE INDEX issues_named_commits ON issues USING gin (named_commits);
CREATE INDEX issues_timestamp ON issues (timestamp, id, version);

CREATE TABLE incidents (
  id text COLLATE "C" PRIMARY KEY,
  origin text COLLATE "C" NOT NULL,
  issue_id text COLLATE "C" NOT NULL,
  issue_version bigint NOT NULL,
  build_id text COLLATE "C",
  test_id text COLLATE "C",
  timestamp timestamptz NOT NULL,
  first_known timestamptz NOT NULL,
  sort_time timestamptz NOT NULL GENERATED ALWAYS AS (first_known) STORED,
  present boolean,
  comment text,
  misc jsonb
);
CREATE INDEX incidents_time ON incidents ((sort_time AT TIME ZONE 'UTC') DESC, id);
CREATE INDEX incidents_origin_time ON incidents (origin, (sort_time AT TIME ZONE 'GMT') DESC, id);
CREATE INDEX incidents_issue_time ON incidents (issue_id, sort_time DESC, id);
CREATE INDEX incidents_issue_version_time ON incidents (issue_id, issue_version, sort_time DESC, id);
CREATE INDEX incidents_build_time ON incidents (build_id, sort_time DESC, id) WHERE build_id IS NOT NULL;
CREATE INDEX incidents_test_time ON incidents (test_id, sort_time DESC, id) WHERE test_id IS NOT NULL;
CREATE INDEX incidents_timestamp ON incidents (timestamp, id);

-- Log excerpts are most of all bytes and read least: apart, so that the rows above stay small.
CREATE TABLE checkout_logs (id text COLLATE "C" PRIMARY KEY, log_excerpt text NOT NULL);
CREATE TABLE build_logs (id text COLLATE "C" PRIMARY KEY, log_excerpt text NOT NULL);
CREATE TABLE test_logs (id text COLLATE "C" PRIMARY KEY, log_excerpt text NOT NULL);

-- What a later report said of a field and the object does not show.
CREATE TABLE conflicts (
  entity text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  -- Of an issue; 0 for all others.
  version bigint NOT NULL,
  -- The path in the common model: `environment.comment`, `misc.lab`.
  field text COLLATE "C" NOT NULL,
  -- In the form of the common model; never JSON null.
  value jsonb NOT NULL,
  origin text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  -- A value may be longer than an index entry.
  digest text COLLATE "C" NOT NULL GENERATED ALWAYS AS (md5(length(field)::text || ' ' || field || origin || ' ' || value::text)) STORED,
  PRIMARY KEY (entity, id, version, digest)
);

CREATE TABLE receipts (
  id text COLLATE "C" PRIMARY KEY,
  -- Null: an operator's.
  origins text[],
  state text COLLATE "C" NOT NULL,
  errors jsonb NOT NULL,
  time timestamptz NOT NULL
);
CREATE INDEX receipts_time ON receipts (time);
