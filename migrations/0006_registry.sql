-- Flows, agents, versions, keys, widgets and configurations (contracts/registry.md §2).

CREATE TABLE flow (
  organization_id UUID NOT NULL,
  flow_id UUID NOT NULL,
  project_id UUID NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  endpoint_name TEXT NOT NULL,
  revision BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  updated_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, flow_id)
);
CREATE UNIQUE INDEX flow_of_name ON flow (organization_id, name);
CREATE UNIQUE INDEX flow_of_endpoint ON flow (organization_id, endpoint_name) WHERE endpoint_name <> '';
CREATE INDEX flow_of_bytes ON flow (organization_id, sha256);

-- `reference` is what the contract calls agent_id: the provider's own name for it.
CREATE TABLE agent (
  organization_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  project_id UUID NOT NULL,
  reference TEXT NOT NULL,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  description TEXT NOT NULL,
  category TEXT NOT NULL,
  tags JSON_TEXT NOT NULL,
  capabilities JSON_TEXT NOT NULL,
  supported_languages JSON_TEXT NOT NULL,
  permissions JSON_TEXT NOT NULL,
  config JSON_TEXT NOT NULL,
  system_prompt TEXT NOT NULL,
  state TEXT NOT NULL,
  state_changed_at TIMESTAMP_US NOT NULL,
  paused_from TEXT,
  grace_until TIMESTAMP_US,
  is_grace_ended BOOLEAN NOT NULL,
  retire_at TIMESTAMP_US,
  flow_id UUID NOT NULL,
  current_version_id UUID,
  current_version TEXT NOT NULL,
  runtime_endpoint TEXT NOT NULL,
  offering_id UUID,
  was_subscribed BOOLEAN NOT NULL,
  max_concurrent_requests BIGINT NOT NULL,
  timeout_seconds BIGINT NOT NULL,
  review_state TEXT NOT NULL,
  review_activates BOOLEAN NOT NULL,
  row_version BIGINT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  updated_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, agent_id)
);
CREATE UNIQUE INDEX agent_of_reference ON agent (organization_id, reference);
CREATE INDEX agent_of_id ON agent (agent_id);
CREATE INDEX agent_of_flow ON agent (organization_id, flow_id);
CREATE INDEX agent_of_state ON agent (state, organization_id);

-- Immutable but for is_yanked. `sha256` is of the canonical form of {flow, config, permissions}, `flow_sha256` of the bytes.
CREATE TABLE agent_version (
  organization_id UUID NOT NULL,
  version_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  flow_sha256 TEXT NOT NULL,
  config JSON_TEXT NOT NULL,
  permissions JSON_TEXT NOT NULL,
  changelog TEXT NOT NULL,
  change_type TEXT NOT NULL,
  migration TEXT NOT NULL,
  is_yanked BOOLEAN NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, version_id)
);
CREATE UNIQUE INDEX agent_version_of_agent ON agent_version (organization_id, agent_id, version);
CREATE INDEX agent_version_of_id ON agent_version (version_id);
CREATE INDEX agent_version_of_bytes ON agent_version (organization_id, flow_sha256);

-- The plan a slug of an agent means today; a successor takes the slug over.
CREATE TABLE agent_plan (
  organization_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  slug TEXT NOT NULL,
  plan_id UUID NOT NULL,
  PRIMARY KEY (organization_id, agent_id, slug)
);

CREATE TABLE access_key (
  organization_id UUID NOT NULL,
  key_id UUID NOT NULL,
  subscription_id UUID,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  key_hash BYTES,
  scopes JSON_TEXT NOT NULL,
  allowed_ips JSON_TEXT NOT NULL,
  quota_limit BIGINT,
  rate_limit_per_second TEXT,
  is_default BOOLEAN NOT NULL,
  expires_at TIMESTAMP_US,
  revoked_at TIMESTAMP_US,
  revocation_reason TEXT NOT NULL,
  last_used_at TIMESTAMP_US,
  total_requests BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, key_id)
);
CREATE INDEX access_key_of_hash ON access_key (key_hash);
CREATE INDEX access_key_of_subscription ON access_key (organization_id, subscription_id, created_at);

-- Only what the customer set; defaults are added when it is read.
CREATE TABLE agent_config (
  organization_id UUID NOT NULL,
  subscription_id UUID NOT NULL,
  config JSON_TEXT NOT NULL,
  archived_at TIMESTAMP_US,
  updated_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, subscription_id)
);

CREATE TABLE widget (
  organization_id UUID NOT NULL,
  widget_id UUID NOT NULL,
  subscription_id UUID NOT NULL,
  public_id TEXT NOT NULL,
  widget_key TEXT NOT NULL,
  name TEXT NOT NULL,
  position TEXT NOT NULL,
  theme TEXT NOT NULL,
  primary_color TEXT NOT NULL,
  domains JSON_TEXT NOT NULL,
  is_active BOOLEAN NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, widget_id)
);
CREATE INDEX widget_of_key ON widget (widget_key);
CREATE INDEX widget_of_public_id ON widget (public_id);
CREATE INDEX widget_of_subscription ON widget (organization_id, subscription_id, created_at);
