-- Blobs and data keys.

CREATE TABLE blob (
  organization_id UUID NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BYTES NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, sha256)
);

-- One or more keys per organization; the newest seals, all of them open. Deleting them shreds what they sealed.
CREATE TABLE data_key (
  organization_id UUID NOT NULL,
  key_id TEXT NOT NULL,
  wrapped BYTES NOT NULL,
  master_key_id TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, key_id)
);
