-- Dense retrieval: what an embedding model made of the texts of chunks (contracts/support-partner.md §2.5, §2.8).

-- The hash of the text a vector is made of: title, headings, question and body. Empty in rows written before there were vectors,
-- until the base is embedded for the first time.
ALTER TABLE knowledge_chunk ADD COLUMN embedding_sha256 TEXT NOT NULL DEFAULT '';
CREATE INDEX knowledge_chunk_by_embedding ON knowledge_chunk (organization_id, base_id, embedding_sha256);

-- One row per text, not per chunk: equal texts are embedded once, and a document that is indexed again keeps its vectors. The
-- vector is dimensions × float32, little-endian, of length 1: four bytes a number, where text would take three times as much and
-- have to be parsed 38 million times to load 100,000 chunks.
CREATE TABLE knowledge_vector (
  organization_id UUID NOT NULL,
  base_id UUID NOT NULL,
  model TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  vector BYTES NOT NULL,
  PRIMARY KEY (organization_id, base_id, model, content_sha256)
);

-- A base that has vectors, or gets them. model is whose are wanted; enabled_model whose may answer, so that another model answers
-- only after a decision of its own. version rises when vectors came or went. While is_queued a job of this step is there.
CREATE TABLE knowledge_dense (
  organization_id UUID NOT NULL,
  base_id UUID NOT NULL,
  model TEXT NOT NULL,
  dimensions BIGINT NOT NULL,
  version BIGINT NOT NULL,
  step BIGINT NOT NULL,
  is_queued BOOLEAN NOT NULL,
  error TEXT NOT NULL,
  failed_at TIMESTAMP_US,
  enabled_model TEXT NOT NULL,
  weight_permille BIGINT NOT NULL,
  fusion TEXT NOT NULL,
  override_reason TEXT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, base_id)
);
