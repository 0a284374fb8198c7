-- Foreign keys and checks, by their definition, and the namespace a foreign key leads to.
SELECT
    c.relname, k.conname, k.contype, pg_catalog.pg_get_constraintdef(k.oid, true), rn.nspname,
    pg_catalog.obj_description(k.oid, 'pg_constraint')
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
WHERE k.contype IN ('f', 'c') AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND /*scope*/ /*tables*/
ORDER BY c.relname, k.conname
