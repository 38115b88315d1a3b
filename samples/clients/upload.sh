#!/bin/sh
# Uploads a CSV, waits until its images are done and saves the CSV with the output URLs. Needs curl.
#   SERVICE=http://localhost:3000 API_KEY=… sh upload.sh products.csv out.csv
set -eu
service=${SERVICE:-http://localhost:3000}
key="X-Api-Key: ${API_KEY:-none}"

answer=$(curl --silent --show-error --fail-with-body -H "$key" -F "file=@$1" -F quality=50 "$service/api/upload") || {
  echo "$answer" >&2 # a problem document: what is wrong, and at which line of the CSV
  exit 1
}
id=$(printf '%s' "$answer" | sed 's/.*"requestId":"\([^"]*\)".*/\1/')

# The stream lasts until the request is finished; -N shows each event as it comes.
curl --silent --show-error --fail -N -H "$key" "$service/api/events/$id" | grep '^data:'

curl --silent --show-error --fail -H "$key" -o "$2" "$service/api/output/$id"
echo "saved $2"
