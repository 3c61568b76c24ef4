"""Containers of blobs: Azure Blob Storage, S3 or a folder behind one port."""
