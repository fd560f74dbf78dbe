"""The commands of `plumbline`; `cli` puts them together."""
