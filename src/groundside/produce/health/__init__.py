"""The health of batteries and what wears, from what flights recorded: pure functions, each naming its source."""
