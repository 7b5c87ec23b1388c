-- What:  the twin's tables.
-- Grain: request is one accepted POST, message one personalization, event one entry of a webhook body.
-- Why:   a request keeps its raw body, and messages only what is searched; what a reader gets is made from
--        the body when it is asked for, so accepting a thousand messages is one small transaction.
CREATE TABLE IF NOT EXISTS request (
    id INTEGER PRIMARY KEY,
    provider_id TEXT NOT NULL UNIQUE,
    received_at REAL NOT NULL,
    categories TEXT NOT NULL,
    body BLOB NOT NULL,
    body_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES request (id),
    position INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    reference TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS message_reference ON message (reference);
CREATE INDEX IF NOT EXISTS message_request ON message (request_id);

CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES message (id),
    name TEXT NOT NULL,
    occurred_at REAL NOT NULL,
    due_at REAL NOT NULL,
    fields TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'posted', 'lost'))
) STRICT;
CREATE INDEX IF NOT EXISTS event_waiting ON event (due_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS event_message ON event (message_id);

CREATE TABLE IF NOT EXISTS suppression (
    list TEXT NOT NULL,
    address TEXT NOT NULL,
    created REAL NOT NULL,
    PRIMARY KEY (list, address)
) STRICT;

CREATE TABLE IF NOT EXISTS told (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    message_id INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO told (only_row, message_id) VALUES (1, 0);
