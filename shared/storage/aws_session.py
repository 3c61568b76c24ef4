"""Clients of AWS for both adapters (S3, SQS).

The credentials come from the environment: the role of a function or container, a profile or
`AWS_` variables.
"""

from typing import Any

from shared.errors import ConfigurationError

CONNECT_TIMEOUT_S = 5


def aws_client(
    service: str,
    *,
    region: str | None = None,
    endpoint_url: str | None = None,
    connect_timeout_s: float = CONNECT_TIMEOUT_S,
    read_timeout_s: float = 30,
    tries: int = 4,
    connections: int = 32,
) -> Any:
    """Make a client of an AWS service; it may be used by any number of threads.

    Parameters
    ----------
    service: boto3's name, `s3`.
    region: None takes the environment's.
    endpoint_url: None takes AWS's own.
    connect_timeout_s: longest time of one connection.
    read_timeout_s: longest silence of the service in one try.
    tries: the first one counts.
    connections: size of the connection pool; further threads open one connection per call.

    Raises
    ------
    ConfigurationError: neither the caller nor the environment names a region.
    """
    # boto3 takes a third of a second to import: only users of AWS pay for it.
    import boto3.session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import NoRegionError  # noqa: PLC0415

    config = Config(
        connect_timeout=connect_timeout_s,
        read_timeout=read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": tries},
        max_pool_connections=connections,
    )
    # A session is not thread-safe, and costs little compared with its client.
    session = boto3.session.Session(region_name=region)
    try:
        return session.client(service, endpoint_url=endpoint_url, config=config)
    except NoRegionError:
        raise ConfigurationError("AWS_DEFAULT_REGION must name the region of AWS.") from None
