#!/usr/bin/env bash
# Run the root file system of the image as an engine would, with a client beside it: `scripts/image.sh`
# starts this in new mount, network and process namespaces, which end with it.
#
#   run_image.sh ROOT WORK   WORK has the image's Env, Entrypoint and User; the table is added to WORK/report
#
# The root is read-only, /tmp a tmpfs, the user the image's, without capabilities. The network is a
# loopback of its own, so whatever the server would fetch fails.
set -euo pipefail
root=$1 work=$2
server=http://127.0.0.1:5000
key=a-key-of-this-check

ip link set lo up
mkdir -p "$work/run"
mount --bind "$root" "$work/run"
mount -o remount,bind,ro,nosuid,nodev "$work/run"
root=$work/run
mount -t proc proc "$root/proc"
mount -t tmpfs -o size=1m tmpfs "$root/dev"
for device in null zero random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm"
mount -t tmpfs -o size=64m tmpfs "$root/dev/shm"
mount -t tmpfs -o size=64m,mode=1777,noexec,nosuid,nodev tmpfs "$root/tmp"

readarray -t entrypoint <"$work/Entrypoint"
readarray -t variables <"$work/Env"
user=$(cut -d: -f1 "$work/User")
in_image() { # in_image [NAME=value...] -- COMMAND...: becomes the command, with further variables
  local more=()
  while [ "$1" != -- ]; do more+=("$1") && shift; done
  shift
  exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs \
    --inh-caps=-all --bounding-set=-all env -i "${variables[@]}" "${more[@]}" "$@"
}
call() { curl --silent --show-error --fail --max-time 60 --noproxy '*' "$@"; }
report() { echo "$1|$2" >>"$work/report"; }
fail() { echo "image: $1" >&2 && cat "$work/log" >&2 && exit 1; }

start() { # start ARGUMENT...: until it is ready; sets $pid and $ready_s
  local began=$EPOCHREALTIME
  (in_image -- "${entrypoint[@]}" "$@") >"$work/log" 2>&1 &
  pid=$!
  until call "$server/ready" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || fail "the server ended before it was ready"
    sleep 0.02
  done
  ready_s=$(echo "$EPOCHREALTIME $began" | awk '{ printf "%.2f", $1 - $2 }')
}

stop() { # SIGTERM must end it with 0
  local status=0
  kill -TERM "$pid"
  wait "$pid" || status=$?
  [ "$status" = 0 ] || fail "SIGTERM ended the server with $status"
}

# An image without models (an empty MODELS) does not start before they are mounted.
if [ -z "$(ls "$root/opt/sotto/models")" ]; then exit; fi

# Without a key the start is refused, with the line that works.
if (in_image -- "${entrypoint[@]}") >"$work/log" 2>&1; then fail "a start without keys succeeded"; fi
for line in 'docker run -p 5000:5000 -e SOTTO_KEYS=' 'docker run -p 5000:5000 sotto Eula=accept Billing=x ApiKey='; do
  grep -qF "$line" "$work/log" || fail "a start without keys does not print: $line"
done
report "without keys" "exit 1, with the docker run line"

starts=()
for _ in 1 2 3; do
  start Eula=accept Billing=x "ApiKey=$key"
  starts+=("$ready_s")
  stop
done
report "start to /ready, three times" "${starts[*]} s"

start Eula=accept Billing=x "ApiKey=$key"
report "GET /ready" "$(call "$server/ready")"
report "GET /status" "$(call "$server/status")"
(in_image -- python -m functions.container.health_check) || fail "the health check fails"
report "health check" "exit 0"

sentence='The children are playing in the garden behind the house.'
call "$server/v1/audio/speech" -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
  -o "$work/t.wav" -d '{"model": "tts-1", "voice": "alloy", "response_format": "wav", "input": "'"$sentence"'"}'
recognise() {
  call "$server/speech/recognition/conversation/cognitiveservices/v1?language=en-US" \
    -H "Ocp-Apim-Subscription-Key: $1" -H 'Content-Type: audio/wav' --data-binary "@$work/t.wav"
}
answer=$(recognise "$key") || fail "speech is not recognised"
grep -q '"RecognitionStatus":"Success".*garden' <<<"$answer" || fail "speech is recognised as: $answer"
report "short audio" "$(grep -o '"DisplayText":"[^"]*"' <<<"$answer")"
# The unmodified Speech SDK, where the tests' environment has it.
if .venv/bin/python -c 'import azure.cognitiveservices.speech' 2>/dev/null; then
  .venv/bin/python scripts/check_speech_sdk.py "${server/http/ws}" "$key" "$work/t.wav" garden >>"$work/report" ||
    fail "the Speech SDK is not served: $(tail -8 "$work/report")"
else
  report "the Speech SDK" "not installed here: make development"
fi
if recognise another-key >/dev/null 2>&1; then fail "another key is accepted"; fi
report "another key" "refused"
report "peak of memory" "$(awk '/VmHWM/ { printf "%.0f MB", $2 * 1.024 / 1000 }' "$root/proc/$pid/status")"
stop
report "SIGTERM" "exit 0"
if grep -qF "$key" "$work/log"; then fail "the log has the key"; fi
if [ -n "$(ls -A "$root/tmp")" ]; then fail "files in /tmp: $(ls -A "$root/tmp")"; fi
report "files in /tmp" "none"
