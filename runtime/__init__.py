"""The verbs: what can be done with definitions and records."""
