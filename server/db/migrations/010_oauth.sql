-- The authorisation server (server/oauth). Nothing here lets anybody in: codes, tokens, cookies and secrets stand as hashes.

-- What oidc-provider keeps: sessions, interactions, codes, refresh tokens, grants, access tokens (for introspection).
create table oauth_payload (
  model    text   not null,
  id       text   not null,  -- sha-256 of the id, which is the token itself
  payload  jsonb  not null,
  grant_id text,
  uid      text,             -- of a Session
  consumed bigint,           -- seconds since 1970
  until    bigint not null,  -- seconds since 1970: after it the clock takes it away
  primary key (model, id)
);
create index oauth_payload_grant on oauth_payload (grant_id) where grant_id is not null;
create index oauth_payload_uid on oauth_payload (uid) where uid is not null;
create index oauth_payload_until on oauth_payload (until);

-- Registered applications.
create table app (
  id            text        not null primary key,
  name          text        not null,
  kind          text        not null,  -- backend, confidential, public
  role          text,                  -- of a backend: emr, reporting
  facility      text,                  -- of an emr: id of the Organization
  scopes        text        not null,
  redirect_uris text[]      not null default '{}',
  jwks          jsonb,
  jwks_url      text,
  secret        text,                  -- sha-256 of the client secret
  created       timestamptz not null default now()
);

-- What a grant was launched with.
create table oauth_grant (
  id        text   not null primary key,
  patient   text,
  encounter text,
  banner    boolean not null,  -- the application shows whose record it is: nobody else does
  until     bigint not null
);

-- Tokens that are refused before their time, by what they stand for: grant:<id>, app:<id>, account:<id>.
create table revoked (
  what  text   not null primary key,
  at    bigint not null,  -- milliseconds since 1970: tokens issued until then
  until bigint not null   -- milliseconds since 1970: none of them is left
);
