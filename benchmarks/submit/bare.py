"""A bare Flask and SQLAlchemy application that makes the same insert and nothing else."""

from __future__ import annotations

import argparse

from flask import Flask, request
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, event, insert
from waitress import create_server

FIELDS = (
    "number", "customer", "quantity", "price", "ordered_on", "due_on", "state", "note", "owner",
)  # fmt: skip
ORDER = Table(
    "orders",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *(Column(name, Text) for name in FIELDS),
)


def engine_of(url):
    """As durable as the product: WAL with synchronous=FULL."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _set(connection, _record):
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA busy_timeout=10000")

    return engine


def make(engine):
    app = Flask("bare")

    @app.post("/orders")
    def submit():
        body = request.get_json()
        values = body["values"]
        if not values.get("number") or not values.get("customer"):
            return {"error": "required"}, 422
        with engine.begin() as connection:
            made = connection.execute(insert(ORDER).values(**values))
        return {"id": made.inserted_primary_key[0]}, 201

    return app


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    engine = engine_of(asked.url)
    ORDER.create(engine)
    server = create_server(
        make(engine), host="127.0.0.1", port=asked.port, threads=asked.threads,
        connection_limit=400,
    )  # fmt: skip
    server.run()


if __name__ == "__main__":
    main()
