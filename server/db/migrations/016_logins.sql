-- All logins of a member of staff are ended at once: their sessions, codes, grants and refresh tokens by the account's id.
create index oauth_payload_account on oauth_payload ((payload ->> 'accountId') collate "C")
  where payload ->> 'accountId' is not null;
