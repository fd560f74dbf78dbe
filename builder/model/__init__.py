"""The nouns a user can define, as frozen dataclasses; made from JSON by `builder.codec`."""
