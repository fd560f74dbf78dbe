"""OPC UA: subscriptions that are rebuilt, never repaired."""
