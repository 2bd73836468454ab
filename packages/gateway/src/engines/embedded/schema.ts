/**
 * The store's tables, as a list of migrations: a store of version n has had the first n of them. What has been released is
 * never edited; a change is one more entry. Times are milliseconds since 1970.
 *
 * `events` is the record: a message is kept as the event that created it. One table row per act is what makes a commit cheap,
 * and `WITHOUT ROWID` keeps a room's events side by side, so that a replay reads neighbouring pages.
 */
export const migrations: readonly string[] = [
  `
  -- One row for each opening of the store. Which run wrote an event tells a restored copy from a restart (epochs.ts).
  CREATE TABLE runs (
    ordinal INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    opened_at INTEGER NOT NULL
  ) STRICT;

  -- AUTOINCREMENT: the key of a removed room must not come back while rows of it wait to be swept.
  CREATE TABLE rooms (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    access TEXT NOT NULL,
    lasting INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL,
    -- JSON; last_active_at above is newer than the one in it
    room TEXT NOT NULL,
    -- the last event's seq, the last message's number and id, and the run that wrote the last event; 0 before the first
    head_seq INTEGER NOT NULL DEFAULT 0,
    head_number INTEGER NOT NULL DEFAULT 0,
    head_message_id INTEGER NOT NULL DEFAULT 0,
    head_run INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- Rooms whose participants, events and index entries are still to be deleted.
  CREATE TABLE removed_rooms (
    key INTEGER PRIMARY KEY
  ) STRICT;

  CREATE TABLE participants (
    key INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    admin INTEGER NOT NULL,
    banned INTEGER NOT NULL,
    joined_seq INTEGER NOT NULL,
    credential_hash TEXT
  ) STRICT;
  CREATE UNIQUE INDEX participants_by_user ON participants (room, user_id);
  CREATE INDEX participants_by_room ON participants (user_id, room);
  CREATE INDEX participants_by_name ON participants (room, name);
  CREATE INDEX participants_by_credential ON participants (room, credential_hash) WHERE credential_hash IS NOT NULL;

  CREATE TABLE events (
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    run INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- of message.created
    author TEXT,
    -- the room's last message, by number and id, after this event: both rise with seq, so that one is found by bisection
    number INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    -- a JSON array, or NULL when it is for all
    targets TEXT,
    wants_ack INTEGER NOT NULL,
    -- JSON; NULL once erased
    body TEXT,
    -- of message.created: the message as it is by now (JSON), NULL while it is as it was created; of message.edited: the message
    -- once it is erased
    message TEXT,
    PRIMARY KEY (room, seq)
  ) STRICT, WITHOUT ROWID;

  -- Event ids of whole blocks of a room's log (log.ts).
  CREATE TABLE event_ids (
    room INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room, id)
  ) STRICT, WITHOUT ROWID;

  -- Which events are edits of which message: what an erasure must find.
  CREATE TABLE edits (
    room INTEGER NOT NULL,
    number INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room, number, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE message_ids (
    next INTEGER NOT NULL
  ) STRICT;
  INSERT INTO message_ids VALUES (1);

  -- Idempotency keys with the outcome they stand for, as JSON.
  CREATE TABLE keys (
    room TEXT NOT NULL,
    author TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX keys_by_name ON keys (room, author, key);
  CREATE INDEX keys_by_age ON keys (at);

  CREATE TABLE users (
    user_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    bot INTEGER NOT NULL DEFAULT 0,
    banned_at INTEGER,
    ban_reason TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX users_banned ON users (user_id) WHERE banned_at IS NOT NULL;

  -- The steps of users' marks: everything up to a message number had come to the user by then.
  CREATE TABLE receipts (
    room INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    mark TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (room, user_id, mark, up_to)
  ) STRICT, WITHOUT ROWID;

  -- One for each user who reads along over the rooms; head is the id of the newest item.
  CREATE TABLE inboxes (
    key INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL
  ) STRICT;

  -- What an inbox has got: places in the logs of rooms.
  CREATE TABLE inbox_items (
    inbox INTEGER NOT NULL,
    id INTEGER NOT NULL,
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (inbox, id)
  ) STRICT, WITHOUT ROWID;

  -- owner: NULL once released; then expires_at is set.
  CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    dialect TEXT NOT NULL,
    room TEXT NOT NULL,
    user_id TEXT,
    data TEXT NOT NULL,
    owner TEXT,
    expires_at INTEGER
  ) STRICT;
  CREATE INDEX sessions_by_expiry ON sessions (expires_at) WHERE owner IS NULL;

  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL,
    url TEXT NOT NULL,
    author_name TEXT NOT NULL,
    content TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    parts_sent INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    dead_because TEXT
  ) STRICT;
  CREATE INDEX deliveries_waiting ON deliveries (url, id) WHERE dead_because IS NULL;
  CREATE INDEX deliveries_dead ON deliveries (id) WHERE dead_because IS NOT NULL;
  `,
  `
  -- scope: the guild, for kinds that are known by guild and id; '' for the others. channel: where a voice state is.
  CREATE TABLE entities (
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    id TEXT NOT NULL,
    guild TEXT,
    channel TEXT,
    json TEXT NOT NULL,
    PRIMARY KEY (kind, scope, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX entities_by_guild ON entities (guild, kind, id) WHERE guild IS NOT NULL;
  CREATE INDEX entities_by_channel ON entities (guild, channel, id) WHERE channel IS NOT NULL;

  CREATE TABLE entity_counts (
    kind TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO entity_counts
    VALUES ('member', 0), ('role', 0), ('user', 0), ('guild', 0), ('channel', 0), ('voiceState', 0);
  CREATE TRIGGER entity_added AFTER INSERT ON entities BEGIN
    UPDATE entity_counts SET count = count + 1 WHERE kind = NEW.kind;
  END;
  CREATE TRIGGER entity_removed AFTER DELETE ON entities BEGIN
    UPDATE entity_counts SET count = count - 1 WHERE kind = OLD.kind;
  END;
  `,
  `
  -- One row, written over when the store is to be tried (trial.ts).
  CREATE TABLE trials (
    content BLOB NOT NULL
  ) STRICT;
  INSERT INTO trials VALUES (x'');
  `,
  `
  -- The seq of the room's last message: found without stepping over what came after it.
  ALTER TABLE rooms ADD COLUMN head_message_seq INTEGER NOT NULL DEFAULT 0;
  UPDATE rooms SET head_message_seq = coalesce(
    (SELECT seq FROM events WHERE room = rooms.key AND kind = 'message.created' ORDER BY seq DESC LIMIT 1), 0);
  -- The run that wrote the item; 0 for those from before that was kept.
  ALTER TABLE inbox_items ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- The message that a delivery is of; NULL for those from before that was kept.
  ALTER TABLE deliveries ADD COLUMN message_id INTEGER;
  CREATE INDEX deliveries_by_message ON deliveries (message_id);
  -- Outcomes have nothing of what a message said any more (keys.ts).
  UPDATE keys SET outcome = json_remove(json_set(outcome, '$.event.body.message.content', ''),
      '$.event.body.message.attachments', '$.event.body.payload')
    WHERE outcome ->> '$.event.body.message' IS NOT NULL;
  `,
]
