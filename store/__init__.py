"""Tables: the only floor that knows SQL."""
