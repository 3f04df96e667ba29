"""The shell: one module for each family of commands."""
