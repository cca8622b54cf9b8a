-- Conversations that people take part in (contracts/support-partner.md §3, §5.2).

-- A conversation is a log: every entry has the next `sequence`. `entry` says what a row is, `shown` what a view shows beside the
-- text (who spoke, outcome, citations); NULL when there is none of it. `client_id` is the visitor's own name for a message.
ALTER TABLE message ADD COLUMN entry TEXT NOT NULL DEFAULT 'message';
ALTER TABLE message ADD COLUMN client_id UUID;
ALTER TABLE message ADD COLUMN shown JSON_TEXT;

CREATE UNIQUE INDEX message_client ON message (organization_id, conversation_id, client_id) WHERE client_id IS NOT NULL;

-- Who has the word. `epoch` moves with every change of hands that makes an answer under way stale; `due_at` is when something
-- happens by itself (a wait ends, an idle conversation closes). `answering_until` is the lease of the run that answers.
CREATE TABLE conversation (
  organization_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  subscription_id UUID NOT NULL,
  project_id UUID NOT NULL,
  session_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  widget_id TEXT NOT NULL,
  state TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  cause TEXT NOT NULL,
  topic TEXT NOT NULL,
  language TEXT NOT NULL,
  visitor JSON_TEXT NOT NULL,
  is_blocked BOOLEAN NOT NULL,
  is_after_hours BOOLEAN NOT NULL,
  assignee_id UUID,
  assignee_name TEXT NOT NULL,
  refusals BIGINT NOT NULL,
  turns BIGINT NOT NULL,
  visitor_read BIGINT NOT NULL,
  staff_read BIGINT NOT NULL,
  rating BIGINT,
  rating_comment TEXT NOT NULL,
  rated_at TIMESTAMP_US,
  waited_s BIGINT,
  answering_until TIMESTAMP_US,
  started_at TIMESTAMP_US NOT NULL,
  state_since TIMESTAMP_US NOT NULL,
  visitor_at TIMESTAMP_US,
  human_at TIMESTAMP_US,
  due_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, conversation_id)
);

CREATE INDEX conversation_of_state ON conversation (organization_id, state, state_since);
CREATE INDEX conversation_of_subscription ON conversation (organization_id, subscription_id, started_at);
CREATE INDEX conversation_due ON conversation (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX conversation_answering ON conversation (answering_until) WHERE answering_until IS NOT NULL;

-- What staff say among themselves: apart from the log, so that no view of a visitor can show it.
CREATE TABLE conversation_note (
  organization_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  note_id UUID NOT NULL,
  after_sequence BIGINT NOT NULL,
  author_id UUID,
  author_name TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, conversation_id, note_id)
);

CREATE TABLE canned_answer (
  organization_id UUID NOT NULL,
  canned_answer_id UUID NOT NULL,
  shortcut TEXT NOT NULL,
  text TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, canned_answer_id)
);

CREATE UNIQUE INDEX canned_answer_shortcut ON canned_answer (organization_id, shortcut, language);

-- Who can take a conversation right now; a row older than a minute is nobody.
CREATE TABLE staff_presence (
  organization_id UUID NOT NULL,
  account_id UUID NOT NULL,
  name TEXT NOT NULL,
  is_available BOOLEAN NOT NULL,
  seen_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, account_id)
);
