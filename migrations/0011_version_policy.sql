-- Which version of its agent a subscription runs (contracts/registry.md §4).

-- Every version an agent was moved to, in order; the last is its current one. Rows are only added.
CREATE TABLE agent_promotion (
  organization_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  sequence BIGINT NOT NULL,
  version_id UUID NOT NULL,
  promoted_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, agent_id, sequence)
);

-- What came before is not known: the current version counts as promoted when the agent was made, so every subscription goes on
-- with what it runs.
INSERT INTO agent_promotion (organization_id, agent_id, sequence, version_id, promoted_at)
  SELECT organization_id, agent_id, 1, current_version_id, created_at FROM agent WHERE current_version_id IS NOT NULL;

-- What a customer decided. A subscription without a row follows its provider from what was current when it was ordered. With
-- policy auto the promotions after `base_sequence` count, with manual `base_version_id` stays.
CREATE TABLE subscription_version (
  organization_id UUID NOT NULL,
  subscription_id UUID NOT NULL,
  policy TEXT NOT NULL,
  base_version_id UUID NOT NULL,
  base_sequence BIGINT NOT NULL,
  since TIMESTAMP_US NOT NULL,
  canary_version_id UUID,
  canary_percent BIGINT NOT NULL,
  canary_since TIMESTAMP_US,
  PRIMARY KEY (organization_id, subscription_id)
);
CREATE INDEX subscription_version_of_canary ON subscription_version (canary_since) WHERE canary_version_id IS NOT NULL;
