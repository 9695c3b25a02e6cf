create table if not exists distlock_fence (
  resource varchar(255) not null primary key,
  fence bigint not null
);
