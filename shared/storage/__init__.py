"""Containers of blobs (Azure Blob Storage, S3, folders) and queues of work, with one port each."""
