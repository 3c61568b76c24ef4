"""Jobs: acceptance, work, queries, expiry and deletion of batch transcriptions."""
