"""Coverage-guided fuzzing of every decoder; see docs/how-to/fuzz.md."""
