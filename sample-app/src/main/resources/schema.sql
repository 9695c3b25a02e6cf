create table if not exists bookings (
  id bigint generated always as identity primary key,
  seat varchar(3) not null,
  buyer varchar(100) not null
);

create table if not exists attempts (
  id bigint generated always as identity primary key,
  seat varchar(3) not null,
  locked boolean not null,
  outcome varchar(10) not null,
  millis double precision not null
);
