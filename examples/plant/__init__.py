"""The demo plant: a seeded factory that speaks HTTP, OPC UA and SMTP."""
