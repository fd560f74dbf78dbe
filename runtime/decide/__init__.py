"""The pure half of the verbs: values in, values out, no I/O."""
