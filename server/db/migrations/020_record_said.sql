-- What the record says of resources that several records tell of, so that it can be taken back (intake/process/said.ts).
alter table record_key add column said bytea;  -- 4 bytes each; null: it came before this column was there
