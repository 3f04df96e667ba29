"""The pilot's logbook: how long it was flown and in what light, and what that entitles to."""
