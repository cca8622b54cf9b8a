-- Usage ledger, quotas, monthly snapshots, invoices. Decimals that are summed are integers × 10^6; prices are decimal text.

-- One immutable row per run (contracts/registry.md §11). `cycle` is what it is billed in, `late_for` what it was dated in.
CREATE TABLE usage_record (
  organization_id UUID NOT NULL,
  request_id TEXT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  project_id UUID,
  subscription_id UUID,
  access_key_id UUID,
  provider_id UUID,
  agent_id UUID,
  version_id UUID,
  plan_id UUID,
  conversation_id UUID,
  endpoint TEXT NOT NULL,
  method TEXT NOT NULL,
  status BIGINT NOT NULL,
  response_time_ms BIGINT NOT NULL,
  tokens_input BIGINT NOT NULL,
  tokens_output BIGINT NOT NULL,
  billable_unit TEXT NOT NULL,
  units_micro BIGINT NOT NULL,
  unit_price TEXT NOT NULL,
  cost_micro BIGINT NOT NULL,
  occurred_at TIMESTAMP_US NOT NULL,
  cycle TEXT NOT NULL,
  late_for TEXT,
  PRIMARY KEY (organization_id, request_id)
);
CREATE INDEX usage_record_subscription ON usage_record (organization_id, cycle, subscription_id);
CREATE INDEX usage_record_agent ON usage_record (provider_id, agent_id, occurred_at);

CREATE TABLE quota_counter (
  organization_id UUID NOT NULL,
  scope TEXT NOT NULL,
  scope_id UUID NOT NULL,
  cycle TEXT NOT NULL,
  used_micro BIGINT NOT NULL,
  reserved_micro BIGINT NOT NULL,
  PRIMARY KEY (organization_id, scope, scope_id, cycle)
-- only sqlite
) WITHOUT ROWID;
-- end
-- only postgres
);
-- end

-- A run that was admitted and has no ledger row yet. After expires_at it becomes the ledger row written in its columns.
CREATE TABLE quota_reservation (
  organization_id UUID NOT NULL,
  request_id TEXT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  project_id UUID,
  subscription_id UUID,
  access_key_id UUID,
  provider_id UUID,
  agent_id UUID,
  version_id UUID,
  plan_id UUID,
  conversation_id UUID,
  endpoint TEXT NOT NULL,
  method TEXT NOT NULL,
  status BIGINT NOT NULL,
  response_time_ms BIGINT NOT NULL,
  tokens_input BIGINT NOT NULL,
  tokens_output BIGINT NOT NULL,
  billable_unit TEXT NOT NULL,
  units_micro BIGINT NOT NULL,
  unit_price TEXT NOT NULL,
  cost_micro BIGINT NOT NULL,
  occurred_at TIMESTAMP_US NOT NULL,
  cycle TEXT NOT NULL,
  late_for TEXT,
  expires_at TIMESTAMP_US NOT NULL,
  reserved_key_id UUID,
  reserved_subscription_id UUID,
  reserved_micro BIGINT NOT NULL,
  reserved_runs_micro BIGINT NOT NULL,
  PRIMARY KEY (organization_id, request_id)
-- only sqlite
) WITHOUT ROWID;
-- end
-- only postgres
);
-- end
-- SQLite reads the whole table instead: it holds the runs of this moment only, and each of them would pay for the index.
-- only postgres
CREATE INDEX quota_reservation_expiry ON quota_reservation (expires_at);
-- end

-- One row per organization and month that is over: totals once finalized, before that only a lock that late rows and the
-- finalizing transaction both write.
CREATE TABLE usage_snapshot (
  organization_id UUID NOT NULL,
  cycle TEXT NOT NULL,
  late_appends BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  tokens_input BIGINT NOT NULL,
  tokens_output BIGINT NOT NULL,
  cost_micro BIGINT NOT NULL,
  usage_by_agent JSON_TEXT NOT NULL,
  is_finalized BOOLEAN NOT NULL,
  finalized_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, cycle)
);

CREATE TABLE invoice (
  organization_id UUID NOT NULL,
  id UUID NOT NULL,
  cycle TEXT NOT NULL,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  tax_percent TEXT NOT NULL,
  currency TEXT NOT NULL,
  invoice_date TEXT,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX invoice_cycle ON invoice (organization_id, cycle);

-- The last number given, one row for the installation.
CREATE TABLE invoice_counter (
  name TEXT NOT NULL PRIMARY KEY,
  last_number BIGINT NOT NULL
);

-- `position` is the order in which the items of an invoice were made. `limit_periods` is [{start, end, limit}] of a limit item.
CREATE TABLE invoice_item (
  organization_id UUID NOT NULL,
  invoice_id UUID NOT NULL,
  id UUID NOT NULL,
  position BIGINT NOT NULL,
  cycle TEXT NOT NULL,
  name TEXT NOT NULL,
  project_id UUID,
  subscription_id UUID,
  plan_id UUID NOT NULL,
  component TEXT NOT NULL,
  component_name TEXT NOT NULL,
  billing_type TEXT NOT NULL,
  limit_period TEXT NOT NULL,
  unit TEXT NOT NULL,
  measured_unit TEXT NOT NULL,
  article_code TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  start_at TIMESTAMP_US NOT NULL,
  end_at TIMESTAMP_US NOT NULL,
  is_credit BOOLEAN NOT NULL,
  is_plan_switch BOOLEAN NOT NULL,
  limit_periods JSON_TEXT NOT NULL,
  PRIMARY KEY (organization_id, invoice_id, id)
);
CREATE INDEX invoice_item_subscription ON invoice_item (organization_id, subscription_id, component, cycle);
