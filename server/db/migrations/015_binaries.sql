-- The Binaries that stand for a resource are found by a token (server/store/binaries.ts), when access to it changes.
create index resource_binary on resource using gin (tokens) with (fastupdate = off) where type = 8;
