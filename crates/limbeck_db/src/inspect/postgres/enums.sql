-- Enumerated types of all namespaces.
SELECT t.typname, n.nspname, pg_catalog.pg_type_is_visible(t.oid),
    (SELECT pg_catalog.json_agg(e.enumlabel::text ORDER BY e.enumsortorder)
     FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e'
ORDER BY n.nspname, t.typname
