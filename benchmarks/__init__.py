"""How fast the product is, beside a baseline measured in the same run."""
