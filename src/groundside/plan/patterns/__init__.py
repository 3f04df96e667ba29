"""Ways to fly other than the survey grid: along, around, up and down, and in search of something."""
