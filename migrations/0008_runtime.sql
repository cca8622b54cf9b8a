-- Sessions and their messages (contracts/runtime.md §3.6).

-- `owner_id` is the subscription, or the flow of a test run: equal session ids elsewhere never meet. `conversation_id` is how
-- the registry dialect names the same thing. `last_sequence` only grows; `messages` is how many are kept.
CREATE TABLE session (
  organization_id UUID NOT NULL,
  owner_id UUID NOT NULL,
  session_id TEXT NOT NULL,
  conversation_id UUID NOT NULL,
  channel TEXT NOT NULL,
  language TEXT NOT NULL,
  messages BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL,
  started_at TIMESTAMP_US NOT NULL,
  updated_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, owner_id, session_id)
);

CREATE UNIQUE INDEX session_conversation ON session (organization_id, conversation_id);

-- `details` holds what few messages have: files, source, usage, duration, content blocks; NULL when there is none of it.
CREATE TABLE message (
  organization_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  sequence BIGINT NOT NULL,
  message_id UUID NOT NULL,
  sender TEXT NOT NULL,
  sender_name TEXT NOT NULL,
  context_id TEXT NOT NULL,
  text TEXT NOT NULL,
  category TEXT NOT NULL,
  is_error BOOLEAN NOT NULL,
  flow_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  details JSON_TEXT,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, conversation_id, sequence)
);

CREATE UNIQUE INDEX message_id_of_organization ON message (organization_id, message_id);
