-- +goose Up

-- By the line that put it: the doctor reads versions beside their lines, so that its
-- memory does not grow with the number of documents and statements.
CREATE INDEX item_version_seq ON item_version (seq);
