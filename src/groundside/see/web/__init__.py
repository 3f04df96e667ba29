"""The page and its API, on loopback, for whoever holds the start-up token."""
