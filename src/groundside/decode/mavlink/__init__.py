"""MAVLink as it is kept in files: frames, tables, track and log; the formats only add where the time comes from."""
