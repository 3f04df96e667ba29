"""Mission files of many controllers, read and written."""
