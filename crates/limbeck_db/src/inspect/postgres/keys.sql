-- Primary keys and unique constraints; columns that are only included come last.
SELECT
    c.relname, k.conname, k.contype, /*keys*/, /*nulls*/,
    pg_catalog.obj_description(k.oid, 'pg_constraint'),
    (SELECT pg_catalog.json_agg(a.attname::text ORDER BY p.ord)
     FROM (SELECT pg_catalog.unnest(i.indkey) AS attnum, pg_catalog.generate_subscripts(i.indkey, 1) AS ord) p
     JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum),
    k.condeferrable, k.condeferred
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u') AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND /*scope*/ /*tables*/
ORDER BY c.relname, k.contype, k.conname
