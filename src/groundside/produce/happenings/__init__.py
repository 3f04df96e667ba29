"""What happened in a flight: events, each with its evidence; the wind; the draft of an incident report."""
