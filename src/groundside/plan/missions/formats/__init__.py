"""The plug-ins: one file a format, found by walking this folder."""
