"""Pure geometry and rules, before the flight. Nothing is here yet."""
