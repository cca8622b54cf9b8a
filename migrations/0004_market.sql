-- The catalogue, orders and subscriptions (contracts/cmp.md §4, §7, §8). organization_id is the owner: the provider of an
-- offering with its components and plans, the customer of an order and a subscription.

CREATE TABLE category (
  category_id UUID NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  position BIGINT NOT NULL
);

CREATE TABLE service_provider (
  organization_id UUID NOT NULL PRIMARY KEY,
  service_provider_id UUID NOT NULL UNIQUE,
  state TEXT NOT NULL,
  description TEXT NOT NULL,
  revenue_share TEXT NOT NULL,
  terms_accepted_at TIMESTAMP_US,
  created_at TIMESTAMP_US NOT NULL
);

CREATE TABLE offering (
  organization_id UUID NOT NULL,
  offering_id UUID NOT NULL,
  category_id UUID NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  description TEXT NOT NULL,
  full_description TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  paused_reason TEXT NOT NULL,
  is_shared BOOLEAN NOT NULL,
  is_billable BOOLEAN NOT NULL,
  agent_id UUID,
  backend_id TEXT NOT NULL,
  terms_of_service TEXT NOT NULL,
  attributes JSON_TEXT NOT NULL,
  options JSON_TEXT NOT NULL,
  plugin_options JSON_TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, offering_id)
);
CREATE UNIQUE INDEX offering_of_agent ON offering (organization_id, agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX offering_by_id ON offering (offering_id);
CREATE INDEX offering_by_state ON offering (state, is_shared, created_at);

CREATE TABLE offering_component (
  organization_id UUID NOT NULL,
  offering_id UUID NOT NULL,
  component_id UUID NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  measured_unit TEXT NOT NULL,
  billing_type TEXT NOT NULL,
  limit_period TEXT NOT NULL,
  unit_factor BIGINT NOT NULL,
  limit_amount BIGINT,
  min_value BIGINT,
  max_value BIGINT,
  max_available_limit BIGINT,
  default_limit BIGINT,
  is_boolean BOOLEAN NOT NULL,
  article_code TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (organization_id, offering_id, component_id)
);
CREATE UNIQUE INDEX offering_component_type ON offering_component (organization_id, offering_id, type);

CREATE TABLE plan (
  organization_id UUID NOT NULL,
  offering_id UUID NOT NULL,
  plan_id UUID NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  unit TEXT NOT NULL,
  max_amount BIGINT,
  is_archived BOOLEAN NOT NULL,
  article_code TEXT NOT NULL,
  backend_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  price_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  billing_period TEXT NOT NULL,
  billable_unit TEXT NOT NULL,
  monthly_quota BIGINT,
  rate_limit_per_second TEXT NOT NULL,
  burst BIGINT,
  bills_overage BOOLEAN NOT NULL,
  overage_price TEXT NOT NULL,
  overage_cap_percent BIGINT NOT NULL,
  features JSON_TEXT NOT NULL,
  custom_pricing BOOLEAN NOT NULL,
  display_order BIGINT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, offering_id, plan_id)
);
CREATE UNIQUE INDEX plan_slug ON plan (organization_id, offering_id, slug);
CREATE INDEX plan_by_id ON plan (plan_id);

CREATE TABLE plan_component (
  organization_id UUID NOT NULL,
  plan_id UUID NOT NULL,
  component_type TEXT NOT NULL,
  price TEXT,
  future_price TEXT,
  quota BIGINT,
  PRIMARY KEY (organization_id, plan_id, component_type)
);

CREATE TABLE subscription (
  organization_id UUID NOT NULL,
  subscription_id UUID NOT NULL,
  project_id UUID NOT NULL,
  offering_id UUID NOT NULL,
  provider_id UUID NOT NULL,
  agent_id UUID,
  plan_id UUID NOT NULL,
  pending_plan_id UUID,
  pending_plan_at TIMESTAMP_US,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  slug TEXT NOT NULL,
  description TEXT NOT NULL,
  state TEXT NOT NULL,
  previous_state TEXT NOT NULL,
  limits JSON_TEXT NOT NULL,
  attributes JSON_TEXT NOT NULL,
  backend_id TEXT NOT NULL,
  error_message TEXT NOT NULL,
  end_date TEXT,
  created_by UUID,
  creation_order_id UUID NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  modified_at TIMESTAMP_US NOT NULL,
  activated_at TIMESTAMP_US,
  terminated_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, subscription_id)
);
CREATE INDEX subscription_by_id ON subscription (subscription_id);
CREATE INDEX subscription_of_organization ON subscription (organization_id, created_at, subscription_id);
CREATE INDEX subscription_of_provider ON subscription (provider_id, offering_id, created_at);
CREATE INDEX subscription_of_offering ON subscription (offering_id, plan_id);
CREATE INDEX subscription_waiting ON subscription (pending_plan_at) WHERE pending_plan_id IS NOT NULL;

CREATE TABLE market_order (
  organization_id UUID NOT NULL,
  order_id UUID NOT NULL,
  project_id UUID NOT NULL,
  subscription_id UUID NOT NULL,
  offering_id UUID NOT NULL,
  provider_id UUID NOT NULL,
  plan_id UUID NOT NULL,
  old_plan_id UUID,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  limits JSON_TEXT NOT NULL,
  attributes JSON_TEXT NOT NULL,
  cost TEXT,
  callback_url TEXT NOT NULL,
  request_comment TEXT NOT NULL,
  error_message TEXT NOT NULL,
  consumer_rejection_comment TEXT NOT NULL,
  provider_rejection_comment TEXT NOT NULL,
  start_date TEXT,
  created_by UUID,
  created_by_name TEXT NOT NULL,
  consumer_reviewed_by UUID,
  consumer_reviewed_at TIMESTAMP_US,
  provider_reviewed_by UUID,
  provider_reviewed_at TIMESTAMP_US,
  created_at TIMESTAMP_US NOT NULL,
  modified_at TIMESTAMP_US NOT NULL,
  completed_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, order_id)
);
-- The last line of defence of "one pending or executing order per subscription" (contracts/cmp.md §7.3).
CREATE UNIQUE INDEX market_order_open ON market_order (organization_id, subscription_id)
  WHERE state IN ('pending-consumer', 'pending-project', 'pending-start-date', 'pending-provider', 'executing');
CREATE INDEX market_order_by_id ON market_order (order_id);
CREATE INDEX market_order_of_organization ON market_order (organization_id, created_at, order_id);
CREATE INDEX market_order_of_provider ON market_order (provider_id, created_at, order_id);
CREATE INDEX market_order_waiting ON market_order (state, modified_at)
  WHERE state IN ('pending-project', 'pending-start-date', 'executing');
