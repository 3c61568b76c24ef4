"""Run moto's server with what its IAM leaves out here. Started by `emulators`, as moto_process.py.

moto checks signatures, and the actions and resources of a role's policies for S3 and SQS, from the
moment that `/moto-api/reset-auth` says so. Added are two rules of AWS:

- S3 says that an object is not there only to a caller with `s3:ListBucket`; others get 403
  (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
- A secret is a resource; moto takes the actions of Secrets Manager for actions on `*`.

Not enforced are conditions on other services (`kms:ViaService`), keys of KMS, and the policies of
buckets, queues and keys.
"""

import runpy
from pathlib import Path
from typing import Any

from moto.s3.exceptions import BucketAccessDeniedError
from moto.s3.responses import S3Response
from moto.secretsmanager.responses import SecretsManagerResponse

_authorize = S3Response._authenticate_and_authorize_s3_action


def _authorize_as_s3(
    self: Any, bucket_name: str | None = None, key_name: str | None = None
) -> None:
    _authorize(self, bucket_name, key_name)
    is_read = self.data.get("Action") == "GetObject"
    if is_read and self.backend.get_object(bucket_name, key_name) is None:
        self.data["Action"] = "ListBucket"
        try:
            _authorize(self, bucket_name)
        except BucketAccessDeniedError:
            self.data["Action"] = "GetObject"
            raise
        self.data["Action"] = "GetObject"


def _secret(self: Any) -> str:
    return str(self._get_param("SecretId") or "*")


S3Response._authenticate_and_authorize_s3_action = _authorize_as_s3  # type: ignore[method-assign]
SecretsManagerResponse._determine_resource = _secret  # type: ignore[attr-defined]
runpy.run_path(str(Path(__file__).parent.parent / "storage" / "moto_process.py"))
