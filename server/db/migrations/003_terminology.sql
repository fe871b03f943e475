-- Code systems, one row a concept, and concept maps, one row a mapping. Made from resources, releases and the
-- definitions; all of it can be made again from them.

create table code_system (
  sid       integer generated always as identity primary key,
  url       text    not null collate "C",
  version   text    not null collate "C" default '',
  source    "char"  not null,  -- s shipped (R4's definitions, profiles/terminology), l loaded release, r stored resource
  rid       bigint,            -- r: the resource this was made from, and which version of it
  made_from integer,
  edition   text,              -- s: of which edition of the server's own terminology
  content   text    not null,  -- complete, fragment, example, not-present, supplement
  folded    boolean not null,  -- codes are not case sensitive
  tree      boolean not null default false,  -- has parents
  concepts  integer not null default 0,
  value_set text    collate "C",  -- canonical url of the value set of all its codes
  head      jsonb   not null,  -- the CodeSystem without its concepts
  loaded    timestamptz not null default now()
);
create index code_system_url on code_system (url);
create index code_system_value_set on code_system (value_set) where value_set is not null;
create unique index code_system_rid on code_system (rid) where rid is not null;
create unique index code_system_version on code_system (url, version, source) where rid is null;

create table concept (
  sid      integer  not null references code_system on delete cascade,
  place    integer  not null,  -- in the order of the system, from 0
  abstract boolean  not null,
  inactive boolean  not null,
  code     text     not null collate "C",
  display  text,
  parents  text[],             -- codes
  above    bigint[],           -- keys (sid * 2^32 + place) of itself and its ancestors; null in a flat system
  tokens   bigint[],           -- XXH64(sid) of 'property=value', 'property?'; '~code' where codes are not case sensitive
  words    tsvector not null,  -- 'sid:word' of its code, display and designations
  detail   jsonb,              -- { definition, designation, property } as in CodeSystem.concept
  primary key (sid, code)
);
create unique index concept_place on concept (sid, place);
create index concept_above on concept using gin (above) with (fastupdate = on, gin_pending_list_limit = 65536);
create index concept_tokens on concept using gin (tokens) with (fastupdate = on, gin_pending_list_limit = 65536);
create index concept_words on concept using gin (words) with (fastupdate = on, gin_pending_list_limit = 65536);

create table concept_map (
  mid        integer generated always as identity primary key,
  url        text   collate "C",
  version    text   not null collate "C" default '',
  source     "char" not null,  -- as in code_system
  rid        bigint,
  made_from  integer,
  source_set text   collate "C",  -- value sets
  target_set text   collate "C",
  head       jsonb  not null  -- the ConceptMap without its elements
);
create index concept_map_url on concept_map (url);
create unique index concept_map_rid on concept_map (rid) where rid is not null;

create table mapping (
  mid           integer not null references concept_map on delete cascade,
  place         integer not null,
  part          integer not null,  -- number of its group
  source_system text    collate "C",
  source_code   text    not null collate "C",
  target_system text    collate "C",
  target_code   text    collate "C",
  equivalence   text    not null,
  detail        jsonb,  -- { source, target, comment, dependsOn, product }: the displays and the rest
  primary key (mid, place)
);
create index mapping_source on mapping (source_code, source_system, mid);
create index mapping_target on mapping (target_code, target_system, mid);
