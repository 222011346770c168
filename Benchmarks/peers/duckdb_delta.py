"""The work of `weir delta` in DuckDB: duckdb_delta.py INPUT PREVIOUS OUTPUT_PREFIX KEY[,KEY]"""

import sys

import duckdb

source, previous, output, keys = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split(",")
database = duckdb.connect()
database.execute("SET threads = 2")
read = "read_csv(?, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"', {})"
names = [row[0] for row in database.execute(f"DESCRIBE SELECT * FROM {read.format('parallel = true')}", [source]).fetchall()]
columns = ", ".join(f'"{name}"' for name in names)
key = ", ".join(f'"{name}"' for name in keys)
empty = " OR ".join(f"coalesce(\"{name}\", '') = ''" for name in keys)
database.execute(
    f"CREATE TABLE read AS SELECT *, row_number() OVER () AS line FROM {read.format('parallel = true')}", [source])
database.execute(f"COPY (SELECT {columns} FROM read WHERE {empty} ORDER BY line) TO '{output}.nullpk.csv' (HEADER)")
database.execute(f"""
    CREATE TABLE image AS SELECT {columns} FROM read WHERE NOT ({empty})
    QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY line) = 1 ORDER BY {key}""")
database.execute(f"COPY image TO '{output}.sorted.csv' (HEADER)")
database.execute(f"CREATE TABLE previous AS SELECT {columns} FROM {read.format('parallel = true')}", [previous])
join = " AND ".join(f'n."{name}" = o."{name}"' for name in keys)
differs = " OR ".join(f'n."{name}" IS DISTINCT FROM o."{name}"' for name in names if name not in keys) or "false"
first = f'"{keys[0]}"'
values = ", ".join(f'CASE WHEN n.{first} IS NULL THEN o."{name}" ELSE n."{name}" END AS "{name}"' for name in names)
database.execute(f"""
    COPY (SELECT CASE WHEN o.{first} IS NULL THEN 'insert' WHEN n.{first} IS NULL THEN 'delete' ELSE 'update' END
            AS command, {values}
          FROM image n FULL OUTER JOIN previous o ON {join}
          WHERE o.{first} IS NULL OR n.{first} IS NULL OR {differs} ORDER BY {key})
    TO '{output}.delta.csv' (HEADER)""")
