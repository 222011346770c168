"""The work of `weir delta` in Polars: polars_delta.py INPUT PREVIOUS OUTPUT_PREFIX KEY[,KEY]"""

import sys

import polars as pl

source, previous, output, keys = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split(",")
read = pl.read_csv(source, infer_schema=False)
names = read.columns
has_key = pl.all_horizontal([pl.col(key).is_not_null() & (pl.col(key) != "") for key in keys])
read.filter(~has_key).write_csv(f"{output}.nullpk.csv")
image = read.filter(has_key).unique(keys, keep="first", maintain_order=True).sort(keys)
image.write_csv(f"{output}.sorted.csv")
old = pl.read_csv(previous, infer_schema=False).select(names)
rest = [name for name in names if name not in keys]
parts = [
    image.join(old, on=keys, how="anti").with_columns(pl.lit("insert").alias("command")),
    old.join(image, on=keys, how="anti").with_columns(pl.lit("delete").alias("command")),
]
if rest:
    both = image.join(old, on=keys, how="inner", suffix="_old")
    differs = pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in rest])
    parts.append(both.filter(differs).select(names).with_columns(pl.lit("update").alias("command")))
pl.concat(parts).sort(keys).select(["command"] + names).write_csv(f"{output}.delta.csv")
