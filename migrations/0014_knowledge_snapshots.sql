-- Which snapshot of its base brought a document's present chunks: an index of another snapshot keeps what has the same number.
ALTER TABLE knowledge_document ADD COLUMN chunks_snapshot BIGINT NOT NULL DEFAULT 0;
