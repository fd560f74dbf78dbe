"""The collector: an own process that listens to machines and never loses what it heard."""
