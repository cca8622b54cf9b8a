-- The outbox, jobs, schedules and idempotency keys.

CREATE TABLE outbox_event (
  organization_id UUID NOT NULL,
  occurred_at TIMESTAMP_US NOT NULL,
  sequence BIGINT NOT NULL,
  id UUID NOT NULL,
  type TEXT NOT NULL,
  subject_id UUID NOT NULL,
  payload JSON_TEXT NOT NULL,
  PRIMARY KEY (organization_id, occurred_at, sequence, id)
);

CREATE TABLE job (
  organization_id UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  payload JSON_TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  run_at TIMESTAMP_US NOT NULL,
  attempt BIGINT NOT NULL,
  attempts_max BIGINT NOT NULL,
  lease_owner UUID,
  lease_until TIMESTAMP_US,
  last_error TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  finished_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, id)
);

CREATE UNIQUE INDEX job_unfinished ON job (organization_id, kind, key) WHERE state IN ('waiting', 'running');
CREATE INDEX job_due ON job (run_at) WHERE state = 'waiting';
CREATE INDEX job_leased ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_finished ON job (finished_at) WHERE state = 'done';
CREATE INDEX job_newest ON job (created_at, id) WHERE state <> 'done';

CREATE TABLE schedule (
  name TEXT PRIMARY KEY,
  next_at TIMESTAMP_US NOT NULL,
  lease_owner UUID,
  lease_until TIMESTAMP_US
);

-- status and body are NULL while the call runs.
CREATE TABLE idempotency_key (
  organization_id UUID NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  claimed_at TIMESTAMP_US NOT NULL,
  status BIGINT,
  body BYTES,
  PRIMARY KEY (organization_id, route, key)
);

CREATE INDEX idempotency_key_age ON idempotency_key (claimed_at);
