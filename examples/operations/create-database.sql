-- psql -v password=… [-v database=…] -f create-database.sql, as a superuser: a role, and a database that is its own.
-- Without a name the database is called kcigraph. A role that is there already stays as it is.
\set ON_ERROR_STOP on
\if :{?database}
\else
\set database kcigraph
\endif
SELECT format('CREATE ROLE kcigraph LOGIN PASSWORD %L', :'password')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kcigraph') \gexec
CREATE DATABASE :"database" OWNER kcigraph ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
-- Many small index ranges look dear to the planner: compiling them takes longer than running them, and solid-state disks seek well.
ALTER DATABASE :"database" SET jit = off;
ALTER DATABASE :"database" SET random_page_cost = 1.1;
