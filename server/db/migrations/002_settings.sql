-- What all processes of a deployment share: the secret that signs page links, which search parameters the entries were made by.
create table setting (
  name  text not null primary key,
  value text not null
);
