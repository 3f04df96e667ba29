"""Photos and videos: what they say of themselves."""
