-- Domains of all namespaces, with their constraints by name.
SELECT t.typname, n.nspname, pg_catalog.pg_type_is_visible(t.oid),
    pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, l.collname,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            k.conname::text, pg_catalog.pg_get_constraintdef(k.oid, true)) ORDER BY k.conname)
     FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_collation l ON l.oid = t.typcollation
WHERE t.typtype = 'd'
ORDER BY n.nspname, t.typname
