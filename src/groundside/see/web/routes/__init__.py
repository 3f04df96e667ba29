"""The addresses of the API, one module per family of verbs; each asks a verb and gives its answer a shape."""
