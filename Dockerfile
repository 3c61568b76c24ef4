# Sotto as a container image: `docker build -t sotto .`, or `make image`, which also runs it.
# `--target lambda` builds the image for AWS Lambda. docs/container-image.md describes both.
#
# Configuration of the place that builds, never in a layer: the secrets `pip` (a pip.conf, for an
# index of your own) and `certificates` (a file of certificates that the pip.conf names).
ARG BASE=docker.io/library/python:3.13-slim-bookworm
ARG LAMBDA_BASE=public.ecr.aws/lambda/python:3.13

# --- Packages: those of the container host, and of S3 and SQS, without pip ---
FROM ${BASE} AS packages
# checkov:skip=CKV_DOCKER_7:the default of BASE has a tag, which the rule does not read

# Any version of strip will do.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /build
COPY requirements.txt ./
COPY requirements/aws.txt requirements/container.txt requirements/image.txt requirements/telemetry.txt requirements/text-to-speech.txt requirements/
RUN python3 -m venv /opt/tools && python3 -m venv --without-pip /opt/sotto/venv
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    /opt/tools/bin/pip install --no-cache-dir -r requirements/image.txt \
 && /opt/tools/bin/pip --python /opt/sotto/venv/bin/python install --no-cache-dir -r requirements.txt \
      -r requirements/container.txt -r requirements/text-to-speech.txt -r requirements/aws.txt -r requirements/telemetry.txt
COPY scripts/prune_packages.py ./
RUN /opt/tools/bin/pip --python /opt/sotto/venv/bin/python uninstall --yes --quiet huggingface-hub hf-xet \
 && python3 prune_packages.py /opt/sotto/venv/lib/python3*/site-packages

# --- Code: compiled, since nothing is written at run time; and the list of components ---
FROM packages AS code

COPY shared /opt/sotto/app/shared
COPY functions /opt/sotto/app/functions
COPY pyproject.toml LICENSE ./
RUN rm -rf /opt/sotto/app/functions/azure_app /opt/sotto/app/functions/aws_lambda \
 && /opt/sotto/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/sotto/app \
 && /opt/tools/bin/cyclonedx-py environment /opt/sotto/venv/bin/python --pyproject pyproject.toml \
      --mc-type application --output-reproducible --of JSON -o /opt/sotto/sbom.json \
 && cp LICENSE /opt/sotto/LICENSE \
 && chmod -R a+rX /opt/sotto

# --- Models: by default those that the default settings need; none with an empty MODELS ---
FROM packages AS models

ARG MODELS="base silero-vad diarization pronunciation"
COPY shared /build/shared
COPY functions /build/functions
# MODELS is a list of words.
# hadolint ignore=SC2086
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    mkdir -p /opt/sotto/models \
 && if [ -n "$MODELS" ]; then \
      /opt/sotto/venv/bin/python -m ensurepip >/dev/null \
      && SOTTO_MODEL_FOLDER=/opt/sotto/models /opt/sotto/venv/bin/python -m functions.command_line models fetch $MODELS; \
    fi \
 && chmod -R a+rX /opt/sotto/models

# --- AWS Lambda: docs/aws-lambda.md ---
FROM ${LAMBDA_BASE} AS lambda

ARG MODELS="base silero-vad diarization pronunciation"
# Any value adds speech output; the weights of its voices are models.
ARG VOICES=""
ENV PYTHONDONTWRITEBYTECODE=1 \
    SOTTO_MODEL_FOLDER=/opt/sotto/models
COPY requirements.txt ${LAMBDA_TASK_ROOT}/
COPY requirements/aws.txt requirements/text-to-speech.txt ${LAMBDA_TASK_ROOT}/requirements/
COPY scripts/prune_packages.py ${LAMBDA_TASK_ROOT}/scripts/
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    pip install --no-cache-dir -r requirements.txt -r requirements/aws.txt \
      ${VOICES:+-r requirements/text-to-speech.txt} \
 && python scripts/prune_packages.py "$(python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')"
COPY shared ${LAMBDA_TASK_ROOT}/shared
COPY functions ${LAMBDA_TASK_ROOT}/functions
# Weights belong in the image: a function starts without a network, on any day. Lambda runs it as
# a user of its own, so all users may read; modules compiled now are not compiled at every start.
# hadolint ignore=SC2086
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    mkdir -p /opt/sotto/models \
 && if [ -n "$MODELS" ]; then python -m functions.command_line models fetch $MODELS; fi \
 && python -m compileall -q . \
 && chmod -R a+rX /opt/sotto "${LAMBDA_TASK_ROOT}"

CMD ["functions.aws_lambda.http.handler"]

# --- The server: the default target ---
FROM ${BASE} AS server

ARG SOURCE=""
ARG REVISION=""
LABEL org.opencontainers.image.title="Sotto" \
      org.opencontainers.image.description="Private, self-hosted speech to text on Azure AI Speech's own wire contracts" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}"

# The layers that change least come first.
COPY --from=packages /opt/sotto/venv /opt/sotto/venv
COPY --from=models /opt/sotto/models /opt/sotto/models
COPY --from=code /opt/sotto/LICENSE /opt/sotto/sbom.json /opt/sotto/
COPY --from=code /opt/sotto/app /opt/sotto/app

# Nothing is written, so the root file system may be read-only; HOME is for libraries that ask.
ENV PATH=/opt/sotto/venv/bin:${PATH} \
    PYTHONPATH=/opt/sotto/app \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    SOTTO_MODEL_FOLDER=/opt/sotto/models \
    SOTTO_HOST=0.0.0.0 \
    SOTTO_TLS_TERMINATED=true

WORKDIR /opt/sotto/app
USER 10001:10001
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-m", "functions.container.health_check"]
ENTRYPOINT ["python", "-m", "functions.container.image"]
