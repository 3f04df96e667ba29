"""What the logs of ArduPilot say, whether they came as bytes or as text."""
