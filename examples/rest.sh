#!/usr/bin/env bash
# The REST interface of quartz-server, by curl: keys, batches, changes, vectors, commands, backups.
# Start a server first: quartz-server --backup-directory ./backups
set -euo pipefail
url="${QUARTZ_URL:-http://127.0.0.1:3000}"
api="$url/api/v1"
json="Content-Type: application/json"
call() { curl --silent --show-error --fail-with-body "$@"; }

echo "A key, its value, and one that expires:"
call -X PUT --data-binary Alice "$api/kv/user:1"
call "$api/kv/user:1"; echo
call -X PUT --data-binary token "$api/kv/session:1?ttl=3600"
call "$api/kv/session:1" -H "Accept: application/json"; echo

echo "A counter, and a write that depends on what was read:"
call -X PATCH -H "$json" -d '{"increment": 1}' "$api/kv/visits"; echo
tag="$(call -o /dev/null -D - "$api/kv/user:1" | tr -d '\r' | awk 'tolower($1) == "etag:" {print $2}')"
call -X PUT -H "If-Match: $tag" --data-binary Bob "$api/kv/user:1"

echo "Several keys, all or nothing:"
call -H "$json" "$api/batch" -d '{
  "conditions": [{"key": "user:1", "value": "Bob"}],
  "operations": [{"put": "user:2", "value": "Carol"}, {"delete": "user:1"}]}'; echo
call "$api/kv?prefix=user:"; echo

echo "Changes as they happen:"
events="$(mktemp)"
curl --silent --no-buffer "$api/watch?prefix=user:" > "$events" &
watcher=$!
trap 'kill "$watcher" 2> /dev/null || true; rm -f "$events"' EXIT
until grep -q watching "$events"; do sleep 0.05; done
call -X PUT --data-binary Dora "$api/kv/user:3"
until grep -q 'user:3' "$events"; do sleep 0.05; done
cat "$events"

echo "Vectors:"
call -X PUT -H "$json" "$api/collections/docs" -d '{"dimensions": 3, "metric": "cosine"}' > /dev/null
call -X PUT -H "$json" "$api/collections/docs/points" -d '[
  {"id": "doc:1", "vector": [0.9, 0.1, 0.0], "payload": {"lang": "en", "year": 2024}},
  {"id": "doc:2", "vector": [0.1, 0.9, 0.0], "payload": {"lang": "de"}}]'; echo
call -H "$json" "$api/collections/docs/query" -d '{
  "vector": [1.0, 0.2, 0.0], "k": 10, "filter": "lang == '"'en'"'", "with_payload": true}'; echo
call -X DELETE "$api/collections/docs"

echo "Commands of Redis:"
call -H "$json" "$url/pipeline" -d '[["SET", "a", 1], ["INCR", "a"], ["GET", "a"]]'; echo

echo "A backup:"
call -H "$json" "$api/admin/backups" -d '{"name": "example"}'; echo
call -X POST "$api/admin/backups/example/verify"; echo
call -X DELETE "$api/admin/backups/example"
