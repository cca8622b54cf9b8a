-- People and organizations (contracts/identity-and-security.md §1-5, §7, §12). Credentials are stored hashed only.

CREATE TABLE account (
  account_id UUID NOT NULL PRIMARY KEY,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  full_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  is_staff BOOLEAN NOT NULL,
  is_support BOOLEAN NOT NULL,
  is_active BOOLEAN NOT NULL,
  token_lifetime_s BIGINT NOT NULL,
  signed_in_at TIMESTAMP_US,
  created_at TIMESTAMP_US NOT NULL
);

CREATE TABLE credential (
  credential_hash TEXT NOT NULL PRIMARY KEY,
  session_id UUID NOT NULL,
  account_id UUID NOT NULL,
  kind TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  expires_at TIMESTAMP_US NOT NULL,
  ends_at TIMESTAMP_US NOT NULL
);
CREATE INDEX credential_of_account ON credential (account_id, expires_at);

CREATE TABLE sign_in_failure (
  failure_id UUID NOT NULL PRIMARY KEY,
  name_digest TEXT NOT NULL,
  address_prefix TEXT NOT NULL,
  occurred_at TIMESTAMP_US NOT NULL
);
CREATE INDEX sign_in_failure_of_name ON sign_in_failure (name_digest, occurred_at);
CREATE INDEX sign_in_failure_of_address ON sign_in_failure (address_prefix, occurred_at);
CREATE INDEX sign_in_failure_by_time ON sign_in_failure (occurred_at);

CREATE TABLE setup_token (
  token_hash TEXT NOT NULL PRIMARY KEY,
  created_at TIMESTAMP_US NOT NULL
);

CREATE TABLE organization (
  organization_id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  country TEXT NOT NULL,
  email TEXT NOT NULL,
  abbreviation TEXT NOT NULL,
  backend_id TEXT NOT NULL,
  default_tax_percent TEXT NOT NULL,
  monthly_api_calls_limit BIGINT,
  agents_max BIGINT NOT NULL,
  users_max BIGINT NOT NULL,
  is_active BOOLEAN NOT NULL,
  suspension_reason TEXT NOT NULL,
  is_archived BOOLEAN NOT NULL,
  is_provider BOOLEAN NOT NULL,
  membership_epoch BIGINT NOT NULL,
  created_by UUID NOT NULL,
  created_at TIMESTAMP_US NOT NULL
);

CREATE TABLE project (
  organization_id UUID NOT NULL,
  project_id UUID NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  slug TEXT NOT NULL,
  backend_id TEXT NOT NULL,
  start_date TEXT,
  end_date TEXT,
  is_removed BOOLEAN NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, project_id)
);

CREATE TABLE membership (
  organization_id UUID NOT NULL,
  membership_id UUID NOT NULL,
  account_id UUID NOT NULL,
  role TEXT NOT NULL,
  project_id UUID,
  expires_at TIMESTAMP_US,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, membership_id)
);
CREATE UNIQUE INDEX membership_of_organization ON membership (organization_id, account_id, role) WHERE project_id IS NULL;
CREATE UNIQUE INDEX membership_of_project ON membership (organization_id, account_id, role, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX membership_of_account ON membership (account_id, created_at);

-- One chain per organization; the nil UUID is the chain of the installation itself.
CREATE TABLE audit_head (
  organization_id UUID NOT NULL PRIMARY KEY,
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE audit_row (
  organization_id UUID NOT NULL,
  sequence BIGINT NOT NULL,
  occurred_at TIMESTAMP_US NOT NULL,
  account_id UUID,
  actor_name TEXT NOT NULL,
  credential TEXT NOT NULL,
  request_id TEXT NOT NULL,
  action TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  details JSON_TEXT NOT NULL,
  succeeded BOOLEAN NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (organization_id, sequence)
);
