-- psql -v password=… -f create-database.sql, as a superuser: a role, and a database that is its own.
CREATE ROLE kcigraph LOGIN PASSWORD :'password';
CREATE DATABASE kcigraph OWNER kcigraph ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
-- Many small index ranges look dear to the planner: compiling them takes longer than running them, and solid-state disks seek well.
ALTER DATABASE kcigraph SET jit = off;
ALTER DATABASE kcigraph SET random_page_cost = 1.1;
