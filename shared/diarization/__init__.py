"""Speaker diarization: segmentation, embedding, clustering, reconstruction, assignment."""
