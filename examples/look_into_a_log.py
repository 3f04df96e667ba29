"""Read any flight log without an archive: what is in it, where it went, what is wrong with it."""

import sys

import groundside

log = groundside.read(sys.argv[1])
print(f"{log.format}: {len(log.tables)} tables, {len(log.problems)} problems")
for name, table in log.tables.items():
    print(f"  {name}: {table.num_rows} rows, {', '.join(table.column_names[:6])}")
track = log.track()
if track is not None:
    print(f"track: {track.num_rows} positions on the clock {log.facts['time_basis']}")
for problem in log.problems[:10]:
    print(f"  at byte {problem.offset}: {problem.what}")
