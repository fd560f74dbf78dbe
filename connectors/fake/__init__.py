"""A connector without a wire, for the tests of those who use connectors."""
