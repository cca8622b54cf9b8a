-- Secrets of the installation itself that outlive a rotation of the master key they were first derived from
-- (contracts/identity-and-security.md §16).

CREATE TABLE installation_secret (
  name TEXT NOT NULL,
  wrapped BYTES NOT NULL,
  master_key_id TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (name)
);
