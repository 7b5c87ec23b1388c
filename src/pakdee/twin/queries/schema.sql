-- What:  the twin's tables.
-- Grain: request is one accepted POST, message one personalization, event one entry of a webhook body,
--        scheduled one message whose time is to be looked at, batch one batch id that was given out, mark one
--        span in which a batch id was paused or cancelled, kept one thing that was set while it ran.
-- Why:   a request keeps its raw body, and messages only what is searched; what a reader gets is made from
--        the body when it is asked for, so accepting a thousand messages is one small transaction. Marks are
--        never overwritten: what became of a mail follows from them at any later time.
CREATE TABLE IF NOT EXISTS request (
    id INTEGER PRIMARY KEY,
    provider_id TEXT NOT NULL UNIQUE,
    received_at REAL NOT NULL,
    attempt TEXT,
    batch_id TEXT REFERENCES batch (id),
    categories TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS request_batch ON request (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES request (id),
    position INTEGER NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    reference TEXT,
    send_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS message_reference ON message (reference);
CREATE INDEX IF NOT EXISTS message_request ON message (request_id);

CREATE TABLE IF NOT EXISTS scheduled (
    message_id INTEGER PRIMARY KEY REFERENCES message (id),
    look_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS scheduled_look ON scheduled (look_at);

CREATE TABLE IF NOT EXISTS batch (
    id TEXT PRIMARY KEY,
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS mark (
    id INTEGER PRIMARY KEY,
    batch_id TEXT NOT NULL REFERENCES batch (id),
    status TEXT NOT NULL CHECK (status IN ('pause', 'cancel')),
    since REAL NOT NULL,
    set_at REAL NOT NULL CHECK (set_at >= since),
    ended_at REAL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS mark_in_force ON mark (batch_id) WHERE ended_at IS NULL;

CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES message (id),
    name TEXT NOT NULL,
    occurred_at REAL NOT NULL,
    due_at REAL NOT NULL,
    fields TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'posted', 'lost'))
) STRICT;
CREATE INDEX IF NOT EXISTS event_waiting ON event (due_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS event_message ON event (message_id);

CREATE TABLE IF NOT EXISTS suppression (
    list TEXT NOT NULL CHECK (list IN ('bounces', 'blocks', 'spam_reports', 'invalid_emails', 'unsubscribes')),
    address TEXT NOT NULL,
    created INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (list, address)
) STRICT;

CREATE TABLE IF NOT EXISTS told (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    message_id INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO told (only_row, message_id) VALUES (1, 0);

CREATE TABLE IF NOT EXISTS kept (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
