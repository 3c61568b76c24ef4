"""Who spoke when: segmentation, embedding, clustering, assignment."""
