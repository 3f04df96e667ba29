"""What is looked at before a plan leaves: one check a file, each with its reason."""
