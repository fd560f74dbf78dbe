"""The formula language: text, typed IR, executors; pure."""
