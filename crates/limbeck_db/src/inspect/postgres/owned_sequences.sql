-- Columns that own a sequence: what SERIAL makes.
SELECT n.nspname, t.relname, a.attname
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_depend d ON d.objid = c.oid
    AND d.classid = 'pg_catalog.pg_class'::regclass
    AND d.refclassid = 'pg_catalog.pg_class'::regclass
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S'
ORDER BY 1, 2, 3
