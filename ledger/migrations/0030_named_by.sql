-- The source whose file named a receivable last: what its next snapshot no longer has was settled there. Who brought it first
-- doesn't matter; what was made here (a replacement, a note of interest) is no source's until one names it.
ALTER TABLE receivable ADD COLUMN source text;
UPDATE receivable r SET source = l.source FROM load l WHERE l.id = r.load_id;
