-- Question sets, their cases, and evaluations of them (contracts/support-partner.md §2.8).

-- Of a subscription or of an agent: one of the two is set.
CREATE TABLE question_set (
  organization_id UUID NOT NULL,
  set_id UUID NOT NULL,
  subscription_id UUID,
  agent_id UUID,
  name TEXT NOT NULL,
  knowledge_base TEXT NOT NULL,
  is_gate BOOLEAN NOT NULL,
  floors JSON_TEXT NOT NULL,
  revision BIGINT NOT NULL,
  cases BIGINT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  updated_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, set_id)
);
CREATE INDEX question_set_of_subscription ON question_set (organization_id, subscription_id, created_at);
CREATE INDEX question_set_of_agent ON question_set (organization_id, agent_id, created_at);

-- `case_id` follows from question and language. `ordinal` only grows.
CREATE TABLE evaluation_case (
  organization_id UUID NOT NULL,
  set_id UUID NOT NULL,
  case_id UUID NOT NULL,
  ordinal BIGINT NOT NULL,
  tested JSON_TEXT NOT NULL,
  origin TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, set_id, case_id)
);
CREATE INDEX evaluation_case_in_order ON evaluation_case (organization_id, set_id, ordinal);

-- What was asked stands here as it was then: the version, the configuration, the set's revision, the base's snapshot.
CREATE TABLE evaluation (
  organization_id UUID NOT NULL,
  evaluation_id UUID NOT NULL,
  set_id UUID NOT NULL,
  subscription_id UUID,
  agent_id UUID NOT NULL,
  owner_agent_id UUID,
  version_id UUID NOT NULL,
  version TEXT NOT NULL,
  config JSON_TEXT NOT NULL,
  base_id UUID,
  revision BIGINT NOT NULL,
  snapshot BIGINT NOT NULL,
  state TEXT NOT NULL,
  cases BIGINT NOT NULL,
  cases_done BIGINT NOT NULL,
  error TEXT NOT NULL,
  report JSON_TEXT,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  finished_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, evaluation_id)
);
CREATE INDEX evaluation_of_set ON evaluation (organization_id, set_id, created_at);
CREATE INDEX evaluation_by_time ON evaluation (organization_id, created_at);

-- A copy of the case, and its result once it was asked.
CREATE TABLE evaluation_result (
  organization_id UUID NOT NULL,
  evaluation_id UUID NOT NULL,
  ordinal BIGINT NOT NULL,
  case_id UUID NOT NULL,
  tested JSON_TEXT NOT NULL,
  is_passed BOOLEAN,
  result JSON_TEXT,
  PRIMARY KEY (organization_id, evaluation_id, ordinal)
);

-- An owner let this version pass the gates of its agent.
CREATE TABLE evaluation_override (
  organization_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  version_id UUID NOT NULL,
  reason TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, agent_id, version_id)
);
