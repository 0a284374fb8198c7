(SELECT pg_catalog.json_build_object(
        'always', a.attidentity = 'a', 'start', s.seqstart, 'increment', s.seqincrement,
        'minvalue', s.seqmin, 'maxvalue', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle)
     FROM pg_catalog.pg_sequence s
     WHERE a.attidentity <> '' AND s.seqrelid = pg_catalog.pg_get_serial_sequence(
        a.attrelid::pg_catalog.regclass::pg_catalog.text, a.attname)::pg_catalog.regclass::pg_catalog.oid)
