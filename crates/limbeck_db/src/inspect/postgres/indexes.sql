-- Indexes but those of primary keys. An element that is an expression has attnum 0.
SELECT
    c.relname, x.relname, i.indisunique,
    EXISTS (SELECT FROM pg_catalog.pg_constraint k
            WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')),
    i.indoption, pg_catalog.array_to_json(x.reloptions), m.amname,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid), /*keys*/, /*nulls*/,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            CASE WHEN p.attnum = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, p.ord + 1, true)
                 ELSE a.attname::text END,
            p.attnum = 0, o.opcname, o.opcdefault) ORDER BY p.ord)
     FROM (SELECT pg_catalog.unnest(i.indkey) AS attnum, pg_catalog.unnest(i.indclass) AS opclass,
                  pg_catalog.generate_subscripts(i.indkey, 1) AS ord) p
     LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum
     LEFT JOIN pg_catalog.pg_opclass o ON o.oid = p.opclass),
    pg_catalog.pg_get_indexdef(i.indexrelid)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = x.relam
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisprimary AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND /*scope*/ /*tables*/
ORDER BY c.relname, x.relname
