#!/bin/sh
# usage: ask_server.sh SERVER CLIENT
# Runs the client with the URL of a server that is started for it, on a port that is free.
set -eu
"$1" --http false --resp-port 0 --data-dir served >server.log 2>&1 &
server=$!
trap 'kill "$server"; wait "$server"' EXIT
port=""
while [ -z "$port" ]; do
  kill -0 "$server" || { cat server.log >&2; exit 1; }
  sleep 0.1
  port=$(sed -n 's/.*redis:.*:\([0-9][0-9]*\)$/\1/p' server.log)
done
"$2" "quartz://127.0.0.1:$port"
