"""Definitions: what a user can define, how it is read, checked, compiled and packed."""
