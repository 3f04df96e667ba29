"""What people and programs look at. Calls the archive, decides nothing."""
