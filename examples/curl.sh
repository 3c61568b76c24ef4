#!/usr/bin/env bash
# Three contracts with curl: short audio, fast transcription with word times, text to speech.
#
#     make run                              # in another terminal, in the clone of Sotto
#     bash examples/curl.sh t.wav hello.wav # a recording, and the file for the speech
#
# SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key. Needs curl.
set -euo pipefail

url=${SOTTO_URL:-http://127.0.0.1:5000}
key=${SOTTO_KEY:-any}
recording=${1:?the recording is missing}
speech=${2:-hello.wav}
[ -f "$recording" ] || { echo "There is no file $recording." >&2; exit 1; }

request() {
  local status=0
  curl --silent --fail-with-body --header "Ocp-Apim-Subscription-Key: $key" "$@" || status=$?
  case $status in
    0) ;;
    7) echo "No server answers at $url: start it with \`make run\`, or set SOTTO_URL." >&2 ;;
    22) printf '\nThe server refuses this request; its reason is in the answer.\n' >&2 ;;
    *) echo "curl ended with status $status." >&2 ;;
  esac
  return "$status"
}

echo "Short audio:"
request "$url/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed" \
  --header "Content-Type: audio/wav" --data-binary "@$recording"
echo

echo "Fast transcription:"
request "$url/speechtotext/transcriptions:transcribe?api-version=2025-10-15" \
  --form "audio=@$recording" --form 'definition={"locales": ["en-US"]}'
echo

echo "Text to speech: $speech"
request "$url/cognitiveservices/v1" --output "$speech" \
  --header "Content-Type: application/ssml+xml" \
  --header "X-Microsoft-OutputFormat: riff-24khz-16bit-mono-pcm" \
  --data "<speak version='1.0' xml:lang='en-US'><voice name='en-US-JennyNeural'>Hello. How are you?</voice></speak>" \
  || { cat "$speech"; exit 22; } # in place of speech
