-- Columns of tables, in order. The collation is told where it is not the type's own.
SELECT
    c.relname,
    a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod),
    (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)
     FROM pg_catalog.pg_attrdef d
     WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef),
    a.attnotnull,
    pg_catalog.col_description(a.attrelid, a.attnum),
    /*generated*/,
    /*identity*/,
    (SELECT l.collname
     FROM pg_catalog.pg_collation l
     WHERE l.oid = a.attcollation AND a.attcollation <> 0
         AND a.attcollation <> (SELECT t.typcollation FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid))
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND /*scope*/ /*tables*/
ORDER BY c.relname, a.attnum
