"""Read any JSON, JSON-lines or CSV interface over HTTP from a declaration, without code."""
